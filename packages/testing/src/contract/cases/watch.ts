import { type ContractCase, casesOf } from "../contract-case.ts";
import { check } from "../contract-violation.ts";
import { Watch } from "../watch.ts";

export const watchCases: readonly ContractCase[] = casesOf("watch", {
  "sees-the-end": {
    rule: "A watch that was begun before a pod was created tells of the pod and of its end.",
    needs: ["watchPods", "workload:exits"],
    run: async (kit) => {
      await using watch = await Watch.open(kit);
      const pod = await kit.startEnded(3);
      await watch.until(pod.ref, "its end", ({ state }) => state === "ended");
    },
  },
  "misses-nothing": {
    rule: "Whatever happens after a listing that followed the first `next()` is told by the watch.",
    needs: ["watchPods"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      await using watch = await Watch.open(kit);
      await kit.list();
      await kit.delete(pod.ref, 1);
      await kit.endOrAbsence(pod);
      await watch.until(pod.ref, "its end", ({ state }) => state === "ended");
    },
  },
  ordered: {
    rule: "Watch and listing share the order of versions: what the watch tells is never older than a listing before.",
    needs: ["watchPods"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      const before = await kit.running(pod);
      await using watch = await Watch.open(kit);
      await kit.delete(pod.ref, 1);
      const told = await watch.until(pod.ref, "its end", ({ state }) => state === "ended");
      check(told.version > before.version, "the watch's version is higher", [before.version, told.version]);
      const after = await kit.look(pod.ref);
      check(after === undefined || after.version >= told.version, "a later listing's version is not lower", [
        told.version,
        after?.version,
      ]);
    },
  },
  several: {
    rule: "Several watches at once are each told everything.",
    needs: ["watchPods"],
    run: async (kit) => {
      await using first = await Watch.open(kit);
      await using second = await Watch.open(kit);
      const pod = await kit.startRunning();
      await kit.delete(pod.ref, 1);
      for (const watch of [first, second]) {
        await watch.until(pod.ref, "its end", ({ state }) => state === "ended");
      }
    },
  },
  leave: {
    rule: "Leaving the loop of a watch ends it, and leaves other watches as they are.",
    needs: ["watchPods"],
    run: async (kit) => {
      await using watch = await Watch.open(kit);
      const left = await Watch.open(kit);
      const pod = await kit.startRunning();
      await left.until(pod.ref, "the pod", () => true);
      await left.leave();
      await kit.delete(pod.ref, 1);
      await watch.until(pod.ref, "its end", ({ state }) => state === "ended");
    },
  },
  breaks: {
    rule: "A watch whose stream breaks ends or throws: it is never silent for good.",
    needs: ["watchPods", "fault:watch.unavailable"],
    run: async (kit) => {
      const watch = await Watch.open(kit);
      await kit.fault("watch", "unavailable");
      await kit.startRunning();
      await watch.over();
    },
  },
});
