import { isProviderError, ProviderError } from "@vkubelet/core";
import { type ContractCase, casesOf } from "../contract-case.ts";
import { terminationOf } from "../contract-kit.ts";
import { again } from "../contract-pods.ts";
import { check, checkSame } from "../contract-violation.ts";

export const idempotencyCases: readonly ContractCase[] = casesOf("idempotency", {
  repeat: {
    rule: "`createPod` for a run that exists succeeds and starts nothing.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      const [before] = (await kit.running(pod)).containers;
      await kit.create(pod);
      const [after] = (await kit.running(pod)).containers;
      checkSame(after?.instanceId, before?.instanceId, "the instance after a second create");
      await kit.checkRuns(pod, 1, "a second create");
    },
  },
  "at-once": {
    rule: "`createPod` that is repeated before the run could be seen starts nothing either.",
    needs: ["runsOf"],
    run: async (kit) => {
      const pod = kit.pod(kit.subject.workloads.runs());
      await kit.create(pod);
      await kit.create(pod);
      await kit.running(pod);
      await kit.checkRuns(pod, 1, "two creates, one right after the other");
    },
  },
  ended: {
    rule: "A run that has ended is left alone by a repeated `createPod`.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(3);
      await kit.create(pod);
      const seen = await kit.ended(pod);
      checkSame(terminationOf(seen)?.exitCode, 3, "the exit code after a second create");
      await kit.checkRuns(pod, 1, "a create after the end");
    },
  },
  "later-resolution": {
    rule: "A repeat with values that changed since keeps what was created first.",
    run: async (kit) => {
      const pod = await kit.startRunning({ variable: "first" });
      const [before] = (await kit.running(pod)).containers;
      await kit.create(again(pod, { variable: "second" }));
      const [after] = (await kit.running(pod)).containers;
      checkSame(after?.instanceId, before?.instanceId, "the instance after a create with other values");
      await kit.checkRuns(pod, 1, "a create with other values");
    },
  },
  "lost-reply": {
    rule: "When the reply to a create is lost, the next `createPod` finds what was started.",
    needs: ["fault:create.loseReply", "runsOf"],
    run: async (kit) => {
      const pod = kit.pod(kit.subject.workloads.runs());
      await kit.fault("create", "loseReply");
      await kit.create(pod).catch(expected);
      await kit.createAgain(pod);
      await kit.running(pod);
      await kit.checkRuns(pod, 1, "a lost reply and another create");
    },
  },
  "lost-reply-restart": {
    rule: "What was started before a lost reply is found by the next process too.",
    needs: ["fault:create.loseReply", "runsOf"],
    run: async (kit) => {
      const pod = kit.pod(kit.subject.workloads.runs());
      await kit.fault("create", "loseReply");
      await kit.create(pod).catch(expected);
      await kit.reopen();
      await kit.createAgain(pod);
      await kit.running(pod);
      await kit.checkRuns(pod, 1, "a lost reply and a create by another process");
    },
  },
  "failed-look-up": {
    rule: "A look-up that fails makes `createPod` fail: it never leads to a create.",
    needs: ["fault:create.loseReply", "fault:find.unavailable", "runsOf"],
    run: async (kit) => {
      const pod = kit.pod(kit.subject.workloads.runs());
      await kit.fault("create", "loseReply");
      await kit.create(pod).catch(expected);
      await kit.reopen();
      await kit.fault("find", "unavailable");
      await kit.failsAs("Unavailable", "createPod while the backend cannot be asked", kit.create(pod));
      // A backend may take its time to start what it has accepted.
      await kit.createAgain(pod);
      await kit.running(pod);
      await kit.checkRuns(pod, 1, "a look-up that failed");
    },
  },
  "after-restart": {
    rule: "Another process knows what was created before it: a repeat starts nothing.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      const [before] = (await kit.running(pod)).containers;
      await kit.reopen();
      await kit.create(pod);
      const [after] = (await kit.running(pod)).containers;
      checkSame(after?.instanceId, before?.instanceId, "the instance after a create by another process");
      await kit.checkRuns(pod, 1, "a create by another process");
    },
  },
  attempts: {
    rule: "`createPod` with the next attempt runs the whole pod anew.",
    needs: ["restarts:runtime", "workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(3);
      const next = again(pod, { attempt: 1 });
      await kit.create(next);
      await kit.until(
        pod.ref,
        "attempt 1 has ended",
        ({ attempt, state }) => attempt === 1 && state === "ended",
      );
      await kit.checkRuns(pod, 2, "two attempts");
    },
  },
  "earlier-attempt": {
    rule: "A late `createPod` of an earlier attempt starts nothing, whether it succeeds or fails.",
    needs: ["restarts:runtime", "workload:exits", "runsOf"],
    run: async (kit) => {
      const pod = await kit.startEnded(3);
      await kit.create(again(pod, { attempt: 1 }));
      await kit.until(
        pod.ref,
        "attempt 1 has ended",
        ({ attempt, state }) => attempt === 1 && state === "ended",
      );
      await kit.create(pod).catch(expected);
      const seen = await kit.ended(pod);
      checkSame(seen.attempt, 1, "the attempt that is listed");
      await kit.checkRuns(pod, 2, "a late create of attempt 0");
    },
  },
  "record-gone": {
    rule: "When the pod's record says that the pod is gone, nothing is created.",
    needs: ["runsOf"],
    run: async (kit) => {
      const pod = kit.pod(kit.subject.workloads.runs());
      const record = kit.host.record(pod.ref);
      const error = new ProviderError("NotFound", "the pod object is gone");
      record.fault = { write: 1, durable: false, error };
      const outcome = await kit.create(pod).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (record.writes === 0) return "the provider writes nothing into the pod's record before a create";
      check(outcome !== undefined, "createPod fails when the record cannot be written");
      await kit.checkRuns(pod, 0, "a create for a pod that is gone");
      return undefined;
    },
  },
  "crash-at-record": {
    rule: "A crash before or after any write of the record leads to exactly one run.",
    needs: ["runsOf"],
    run: async (kit) => {
      for (let write = 1; ; write++) {
        for (const durable of [false, true]) {
          const pod = kit.pod(kit.subject.workloads.runs());
          const record = kit.host.record(pod.ref);
          record.fault = { write, durable, error: new ProviderError("Unavailable", "the host crashed") };
          await kit.create(pod).catch(expected);
          if (record.writes < write) {
            return write === 1 ? "the provider writes nothing into the pod's record" : undefined;
          }
          await kit.reopen();
          await kit.createAgain(pod);
          await kit.running(pod);
          await kit.checkRuns(pod, 1, `a crash ${durable ? "after" : "before"} write ${write} of the record`);
          await kit.delete(pod.ref);
        }
      }
    },
  },
});

/** The call may fail: what counts is what the next one does. Anything but a ProviderError is no such failure. */
function expected(error: unknown): void {
  if (!isProviderError(error)) throw error;
}
