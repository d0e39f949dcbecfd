import { type ContractCase, casesOf } from "../contract-case.ts";
import { terminationOf } from "../contract-kit.ts";
import { checkSame } from "../contract-violation.ts";

export const adoptionCases: readonly ContractCase[] = casesOf("adoption", {
  running: {
    rule: "A pod that runs goes on when the process dies, and the next process lists the same instance.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      const [before] = (await kit.running(pod)).containers;
      await kit.reopen();
      const [after] = (await kit.running(pod)).containers;
      checkSame(
        [after?.instanceId, after?.restartCount],
        [before?.instanceId, before?.restartCount],
        "the instance that the next process lists",
      );
      await kit.checkRuns(pod, 1, "a restart of the process");
    },
  },
  all: {
    rule: "The first listing of a new process is complete.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const pods = [await kit.startRunning(), await kit.startEnded(3), await kit.startRunning()];
      await kit.reopen();
      const listed = (await kit.list()).map(({ ref }) => ref.uid).sort();
      checkSame(listed, pods.map(({ ref }) => ref.uid).sort(), "the first listing of the next process");
    },
  },
  ref: {
    rule: "A new process knows namespace, name and attempt of what was created before it.",
    run: async (kit) => {
      const pod = await kit.startRunning({ namespace: "shop", name: "web-0" });
      await kit.reopen();
      const { ref, attempt } = await kit.running(pod);
      const { namespace, name, uid } = ref;
      checkSame(
        { namespace, name, uid, attempt },
        { ...pod.ref, attempt: 0 },
        "the pod as the next process knows it",
      );
    },
  },
  ended: {
    rule: "The exit code of a pod that ended before the restart is known after it.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(3);
      await kit.reopen();
      checkSame(terminationOf(await kit.ended(pod))?.exitCode, 3, "the exit code after a restart");
    },
  },
  delete: {
    rule: "A new process can end what was created before it.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      await kit.reopen();
      await kit.delete(pod.ref, 1);
      await kit.endOrAbsence(pod);
    },
  },
  "delete-unseen": {
    rule: "A deletion may be the first call of a new process, before any listing.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      await kit.reopen();
      await kit.delete(pod.ref, 1);
      await kit.delete(pod.ref, 1);
      await kit.endOrAbsence(pod);
    },
  },
  logs: {
    rule: "The output of a pod that ended before the restart can be read after it.",
    needs: ["logs", "workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(0, ["kept"]);
      await kit.printed(pod, 1);
      await kit.reopen();
      checkSame(await kit.lines(pod), ["kept"], "the output after a restart");
    },
  },
  dispose: {
    rule: "Disposing of a provider frees its process and stops nothing at the backend.",
    needs: ["asyncDispose"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      await kit.host.bounded(Promise.resolve(kit.provider[Symbol.asyncDispose]?.()), "asyncDispose");
      await kit.reopen();
      checkSame((await kit.running(pod)).state, "active", "a pod after its provider was disposed of");
      await kit.checkRuns(pod, 1, "a disposal");
    },
  },
});
