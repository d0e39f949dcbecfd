import { type ContractCase, casesOf } from "../contract-case.ts";
import { terminationOf } from "../contract-kit.ts";
import { check, checkSame } from "../contract-violation.ts";

export const identityCases: readonly ContractCase[] = casesOf("identity", {
  ref: {
    rule: "An observation names its pod by namespace, name and UID, as it was created.",
    run: async (kit) => {
      const pod = await kit.startRunning({ namespace: "shop", name: "web-0" });
      const { ref } = await kit.running(pod);
      const { namespace, name, uid } = ref;
      checkSame({ namespace, name, uid }, pod.ref, "the pod of the observation");
    },
  },
  "same-name": {
    rule: "Two pods of one name are two pods: the UID decides.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const older = await kit.startEnded(4, [], { name: "web-0" });
      const newer = await kit.startEnded(5, [], { name: "web-0" });
      checkSame(terminationOf(await kit.ended(older))?.exitCode, 4, "the exit code of the older pod");
      checkSame(terminationOf(await kit.ended(newer))?.exitCode, 5, "the exit code of the newer pod");
    },
  },
  namespaces: {
    rule: "Two pods of one name in two namespaces are two pods.",
    run: async (kit) => {
      const one = await kit.startRunning({ name: "web-0", namespace: "one" });
      const two = await kit.startRunning({ name: "web-0", namespace: "two" });
      checkSame((await kit.running(one)).ref.namespace, "one", "the namespace of the first");
      checkSame((await kit.running(two)).ref.namespace, "two", "the namespace of the second");
    },
  },
  "delete-by-uid": {
    rule: "Deleting a pod leaves a newer one of the same name as it is.",
    run: async (kit) => {
      const older = await kit.startRunning({ name: "web-0" });
      const newer = await kit.startRunning({ name: "web-0" });
      await kit.delete(older.ref);
      await kit.endOrAbsence(older);
      const seen = await kit.look(newer.ref);
      checkSame(seen?.state, "active", "the newer pod after the older one ended");
    },
  },
  recreated: {
    rule: "A pod that is recreated under its old name runs anew.",
    run: async (kit) => {
      const older = await kit.startRunning({ name: "web-0" });
      await kit.delete(older.ref);
      await kit.endOrAbsence(older);
      const newer = await kit.startRunning({ name: "web-0" });
      await kit.checkRuns(newer, 1, "a create under the name of a deleted pod");
    },
  },
  "release-by-uid": {
    rule: "Releasing a pod leaves a newer one of the same name as it is.",
    needs: ["releasePod"],
    run: async (kit) => {
      const older = await kit.startRunning({ name: "web-0" });
      await kit.delete(older.ref);
      await kit.endOrAbsence(older);
      const newer = await kit.startRunning({ name: "web-0" });
      await kit.release(older.ref);
      checkSame((await kit.look(newer.ref))?.state, "active", "the newer pod after the older was released");
    },
  },
  logs: {
    rule: "Output is found by UID: a pod of the same name has its own.",
    needs: ["logs", "workload:exits"],
    run: async (kit) => {
      const older = await kit.startEnded(0, ["older"], { name: "web-0" });
      const newer = await kit.startEnded(0, ["newer"], { name: "web-0" });
      checkSame(await kit.printed(older, 1), ["older"], "the output of the older pod");
      checkSame(await kit.printed(newer, 1), ["newer"], "the output of the newer pod");
    },
  },
  "other-node": {
    rule: "A listing has no pod of another node at the same backend.",
    needs: ["neighbour"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      const neighbour = await kit.subject.neighbour?.();
      if (neighbour === undefined) throw new Error("the case did not say that it needs a neighbour");
      try {
        const call = kit.host.call();
        const listed = await kit.host.bounded(neighbour.listPods(call), "listPods of another node");
        checkSame(
          listed.map(({ ref }) => ref.uid),
          [],
          "the pods of another node, on which nothing was created",
        );
      } finally {
        await neighbour[Symbol.asyncDispose]?.();
      }
      checkSame((await kit.look(pod.ref))?.state, "active", "the pod of this node");
    },
  },
  one: {
    rule: "A listing has at most one observation of a pod: of several attempts only the latest.",
    needs: ["restarts:runtime", "workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(3);
      await kit.create({ ...pod, attempt: 1 });
      await kit.until(pod.ref, "attempt 1 is listed", ({ attempt }) => attempt === 1);
      const own = (await kit.list()).filter(({ ref }) => ref.uid === pod.ref.uid);
      check(own.length === 1 && own[0]?.attempt === 1, "only attempt 1 is listed", own);
    },
  },
});
