import { type ContractCase, casesOf } from "../contract-case.ts";
import type { ContractKit } from "../contract-kit.ts";
import { check } from "../contract-violation.ts";
import { Watch } from "../watch.ts";

export const cancellationCases: readonly ContractCase[] = casesOf("cancellation", {
  list: {
    rule: "`listPods` with an aborted signal rejects with the signal's reason itself.",
    run: async (kit) => {
      const { reason, signal } = aborted();
      checkReason(await kit.failure("listPods", kit.list(signal)), reason);
    },
  },
  create: {
    rule: "`createPod` with an aborted signal rejects with the signal's reason itself, and starts nothing.",
    run: async (kit) => {
      const { reason, signal } = aborted();
      const pod = kit.pod(kit.subject.workloads.runs());
      checkReason(await kit.failure("createPod", kit.create(pod, signal)), reason);
      check((await kit.look(pod.ref)) === undefined, "nothing of the pod is listed");
      await kit.checkRuns(pod, 0, "a create that was aborted before it began");
    },
  },
  delete: {
    rule: "`deletePod` with an aborted signal rejects with the signal's reason itself, and ends nothing.",
    run: async (kit) => {
      const { reason, signal } = aborted();
      const pod = await kit.startRunning();
      checkReason(await kit.failure("deletePod", kit.delete(pod.ref, 0, signal)), reason);
      check((await kit.look(pod.ref))?.state === "active", "the pod runs on");
    },
  },
  update: {
    rule: "`updatePod` with an aborted signal rejects with the signal's reason itself.",
    needs: ["updatePod"],
    run: async (kit) => {
      const { reason, signal } = aborted();
      const pod = await kit.startRunning();
      checkReason(await kit.failure("updatePod", kit.update(pod, signal)), reason);
    },
  },
  "list-waiting": {
    rule: "An abort ends a listing that waits for the backend, with the signal's reason itself.",
    needs: ["fault:list.hang"],
    run: async (kit) => {
      await abortedUnderWay(kit, "list", "listPods", (signal) => kit.list(signal));
    },
  },
  "create-waiting": {
    rule: "An abort ends a create that waits for the backend; the next create leads to exactly one run.",
    needs: ["fault:create.hang"],
    run: async (kit) => {
      const pod = kit.pod(kit.subject.workloads.runs());
      await abortedUnderWay(kit, "create", "createPod", (signal) => kit.create(pod, signal));
      await kit.createAgain(pod);
      await kit.running(pod);
      await kit.checkRuns(pod, 1, "an aborted create and another one");
    },
  },
  "delete-waiting": {
    rule: "An abort ends a deletion that waits for the backend; the next one ends the pod.",
    needs: ["fault:stop.hang"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      await abortedUnderWay(kit, "stop", "deletePod", (signal) => kit.delete(pod.ref, 1, signal));
      await kit.delete(pod.ref, 1);
      await kit.endOrAbsence(pod);
    },
  },
  watch: {
    rule: "An abort ends a watch with the signal's reason itself.",
    needs: ["watchPods"],
    run: async (kit) => {
      const watch = await Watch.open(kit);
      const reason = new Error("the watch is no longer wanted");
      checkReason(await watch.abort(reason), reason);
    },
  },
  logs: {
    rule: "An abort ends logs that are followed, with the signal's reason itself.",
    needs: ["logs", "workload:prints"],
    run: async (kit) => {
      const pod = await kit.startReady(kit.workload("prints")(["one"]));
      const abort = new AbortController();
      const reason = new Error("the output is no longer wanted");
      const read = async () => {
        for await (const _ of kit.logs(pod.ref, { follow: true, signal: abort.signal })) abort.abort(reason);
      };
      checkReason(await kit.failure("following logs", read()), reason);
    },
  },
  others: {
    rule: "Aborting one call leaves another one, begun beside it, as it is.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      await kit.reopen();
      const abort = new AbortController();
      const reason = new Error("the first listing is no longer wanted");
      const first = kit.list(abort.signal).catch((error: unknown) => error);
      const second = kit.list();
      abort.abort(reason);
      check(
        (await second).some(({ ref }) => ref.uid === pod.ref.uid),
        "the other listing is complete",
      );
      const outcome = await first;
      check(
        outcome === reason || Array.isArray(outcome),
        "the aborted listing has ended with the reason",
        outcome,
      );
    },
  },
});

function aborted(): { readonly reason: Error; readonly signal: AbortSignal } {
  const reason = new Error("no longer wanted");
  return { reason, signal: AbortSignal.abort(reason) };
}

/** Aborts a call whose request hangs, and checks that it rejects with the reason. */
async function abortedUnderWay(
  kit: ContractKit,
  point: "list" | "create" | "stop",
  what: string,
  call: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const abort = new AbortController();
  const reason = new Error("no longer wanted");
  const { arrived } = await kit.hang(point);
  const failure = kit.failure(what, call(abort.signal));
  await Promise.race([arrived, failure]);
  abort.abort(reason);
  checkReason(await failure, reason);
}

function checkReason(error: unknown, reason: Error): void {
  check(error === reason, "it rejects with signal.reason itself, unwrapped", error);
}
