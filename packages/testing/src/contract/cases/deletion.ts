import { type ContractCase, casesOf } from "../contract-case.ts";
import { terminationOf } from "../contract-kit.ts";
import { check, checkSame } from "../contract-violation.ts";

export const deletionCases: readonly ContractCase[] = casesOf("deletion", {
  ends: {
    rule: "A deleted pod ends, and its end is seen.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      await kit.delete(pod.ref, 5);
      await kit.endOrAbsence(pod);
    },
  },
  "at-once": {
    rule: "A pod that is deleted right after its create ends too, even where nothing shows it yet.",
    run: async (kit) => {
      const pod = kit.pod(kit.subject.workloads.runs());
      await kit.create(pod);
      await kit.deleteAgain(pod.ref, 1);
      await kit.endOrAbsence(pod);
    },
  },
  graceful: {
    rule: "A program may end by itself on the stop signal, and its exit code is kept.",
    needs: ["workload:endsOnStop"],
    run: async (kit) => {
      const pod = await kit.startReady(kit.workload("endsOnStop")(7), { terminationGracePeriodSeconds: 30 });
      await kit.delete(pod.ref, 30);
      const seen = await kit.endOrAbsence(pod);
      if (seen === undefined) return "the backend forgets a pod as soon as it is deleted";
      checkSame(terminationOf(seen)?.exitCode, 7, "the exit code after the stop signal");
      return undefined;
    },
  },
  accepted: {
    rule: "`deletePod` resolves when the backend has accepted it, not when the pod has ended.",
    needs: ["workload:ignoresStop"],
    run: async (kit) => {
      const pod = await kit.startReady(kit.workload("ignoresStop")(), { terminationGracePeriodSeconds: 100 });
      await kit.delete(pod.ref, 100);
      const seen = await kit.look(pod.ref);
      checkSame(seen?.state, "active", "a pod in its grace period");
    },
  },
  kill: {
    rule: "A program that ignores the stop signal is killed when the grace period is over.",
    needs: ["workload:ignoresStop"],
    run: async (kit) => {
      const pod = await kit.startReady(kit.workload("ignoresStop")());
      await kit.delete(pod.ref, 2);
      const seen = await kit.endOrAbsence(pod);
      if (seen === undefined) return "the backend forgets a pod as soon as it is deleted";
      checkSame(terminationOf(seen)?.exitCode, 137, "the exit code of a killed program");
      return undefined;
    },
  },
  zero: {
    rule: "A grace period of 0 kills at once.",
    needs: ["workload:ignoresStop"],
    run: async (kit) => {
      const pod = await kit.startReady(kit.workload("ignoresStop")(), {
        terminationGracePeriodSeconds: 3_600,
      });
      await kit.delete(pod.ref, 0);
      await kit.endOrAbsence(pod);
    },
  },
  shorter: {
    rule: "A deletion that is repeated with a shorter grace period ends the pod sooner.",
    needs: ["workload:ignoresStop"],
    run: async (kit) => {
      const pod = await kit.startReady(kit.workload("ignoresStop")(), {
        terminationGracePeriodSeconds: 3_600,
      });
      await kit.delete(pod.ref, 3_600);
      await kit.delete(pod.ref, 1);
      await kit.endOrAbsence(pod);
    },
  },
  repeat: {
    rule: "A deletion may be repeated, before the end and after it.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      await kit.delete(pod.ref, 1);
      await kit.delete(pod.ref, 1);
      await kit.endOrAbsence(pod);
      await kit.delete(pod.ref, 1);
    },
  },
  unknown: {
    rule: "Deleting a UID that the backend does not know is success.",
    run: async (kit) => {
      await kit.delete(kit.pod(kit.subject.workloads.runs()).ref);
    },
  },
  ended: {
    rule: "Deleting a pod that has ended by itself leaves its exit code as it was.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(3);
      await kit.delete(pod.ref, 1);
      const seen = await kit.look(pod.ref);
      if (seen === undefined) return "the backend forgets a pod as soon as it is deleted";
      checkSame(terminationOf(seen)?.exitCode, 3, "the exit code after the deletion");
      return undefined;
    },
  },
  others: {
    rule: "A deletion ends no other pod.",
    run: async (kit) => {
      const pods = [await kit.startRunning(), await kit.startRunning(), await kit.startRunning()] as const;
      await kit.delete(pods[1].ref);
      await kit.endOrAbsence(pods[1]);
      for (const { ref } of [pods[0], pods[2]]) {
        checkSame((await kit.look(ref))?.state, "active", "another pod after a deletion");
      }
    },
  },
  "no-restart": {
    rule: "A deletion is final: a container that would be restarted stays ended.",
    run: async (kit) => {
      const pod = await kit.startRunning({ restartPolicy: "Always" });
      await kit.delete(pod.ref, 1);
      const seen = await kit.endOrAbsence(pod);
      const state = seen && terminationOf(seen);
      check(seen === undefined || state !== undefined, "the container has ended", seen);
      await kit.checkRuns(pod, 1, "a deletion");
    },
  },
  release: {
    rule: "`releasePod` after the end is success, and so is its repetition.",
    needs: ["releasePod"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      await kit.delete(pod.ref);
      await kit.endOrAbsence(pod);
      await kit.release(pod.ref);
      await kit.release(pod.ref);
    },
  },
  "release-unknown": {
    rule: "Releasing a UID that the backend does not know is success.",
    needs: ["releasePod"],
    run: async (kit) => {
      await kit.release(kit.pod(kit.subject.workloads.runs()).ref);
    },
  },
});
