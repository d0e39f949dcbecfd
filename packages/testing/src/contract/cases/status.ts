import type { PodObservation } from "@vkubelet/core";
import { type ContractCase, casesOf } from "../contract-case.ts";
import { stateOf, terminationOf } from "../contract-kit.ts";
import { check, checkSame } from "../contract-violation.ts";
import { observationProblems, timesOf } from "../observation-problems.ts";

export const statusCases: readonly ContractCase[] = casesOf("status", {
  complete: {
    rule: "One listing has every pod, those that have ended included.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const pods = [await kit.startRunning(), await kit.startEnded(0), await kit.startRunning()];
      const listed = (await kit.list()).map(({ ref }) => ref.uid).sort();
      checkSame(listed, pods.map(({ ref }) => ref.uid).sort(), "the pods of one listing");
    },
  },
  "created-is-listed": {
    rule: "Where `absenceGraceMs` is 0, a pod is listed from the moment in which `createPod` resolves.",
    run: async (kit) => {
      if (kit.provider.traits.absenceGraceMs > 0) return "the provider asks for an absenceGraceMs";
      const pod = kit.pod(kit.subject.workloads.runs());
      await kit.create(pod);
      check((await kit.look(pod.ref)) !== undefined, "the pod is listed right after createPod");
      return undefined;
    },
  },
  valid: {
    rule: "Observations are well formed: known containers once each, codes from 0 to 255, counts, addresses.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const { workloads } = kit.subject;
      const exits = kit.workload("exits");
      const pods = [
        kit.pod(workloads.runs()),
        kit.pod({ named: { main: exits(0), side: exits(3) } }),
      ] as const;
      for (const pod of pods) await kit.create(pod);
      await kit.running(pods[0]);
      await kit.ended(pods[1]);
      for (const observation of await kit.list()) {
        const pod = pods.find(({ ref }) => ref.uid === observation.ref.uid);
        check(pod !== undefined, "only the pods that were created are listed", observation.ref);
        checkSame(observationProblems(observation, pod), [], "problems of an observation");
      }
    },
  },
  "one-ended": {
    rule: "While one container of a pod runs on, another that has ended is shown with its code.",
    needs: ["workload:exits"],
    run: async (kit) => {
      // Where one that fails ends the others, one that succeeds does not.
      const named = { main: kit.subject.workloads.runs(), side: kit.workload("exits")(0) };
      const pod = kit.pod({ named });
      await kit.create(pod);
      const seen = await kit.until(
        pod.ref,
        "one container runs and one has ended",
        (now) => stateOf(now, "main")?.type === "running" && stateOf(now, "side")?.type === "terminated",
      );
      checkSame(terminationOf(seen, "side")?.exitCode, 0, "the exit code of the container that has ended");
      checkSame(observationProblems(seen, pod), [], "problems of the observation");
    },
  },
  "nothing-runs-after": {
    rule: "`ended` means that nothing runs: no container of an ended pod is shown as running.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      await kit.delete(pod.ref, 1);
      const seen = await kit.endOrAbsence(pod);
      const running = seen?.containers.filter(({ state }) => state.type === "running") ?? [];
      checkSame(running, [], "running containers of an ended pod");
    },
  },
  final: {
    rule: "`ended` is final: later listings show the same end.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(3);
      for (let count = 0; count < 5; count++) {
        const seen = await kit.look(pod.ref);
        if (seen === undefined) return count === 0 ? undefined : "the backend forgets ended pods at once";
        checkSame([seen.state, terminationOf(seen)?.exitCode], ["ended", 3], "an ended pod, looked at again");
      }
      return undefined;
    },
  },
  version: {
    rule: "A later state of a run has a higher version than an earlier one.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      const running = await kit.running(pod);
      await kit.delete(pod.ref, 1);
      const ended = await kit.endOrAbsence(pod);
      if (ended === undefined) return "the backend forgets a pod as soon as it is deleted";
      check(ended.version > running.version, "the version rises", [running.version, ended.version]);
      return undefined;
    },
  },
  "version-steady": {
    rule: "Versions never fall from one listing to the next.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      let last = Number.NEGATIVE_INFINITY;
      for (let count = 0; count < 5; count++) {
        const { version } = await kit.running(pod);
        check(version >= last, "versions do not fall", [last, version]);
        last = version;
      }
    },
  },
  times: {
    rule: "Times are RFC 3339, and nothing ends before it starts.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const seen = await kit.ended(await kit.startEnded(0));
      for (const time of timesOf(seen)) {
        check(
          /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(time),
          "an RFC 3339 time",
          time,
        );
      }
      const { startedAt, finishedAt } = terminationOf(seen) ?? {};
      if (startedAt === undefined || finishedAt === undefined) return undefined;
      check(Date.parse(startedAt) <= Date.parse(finishedAt), "it starts before it ends", [
        startedAt,
        finishedAt,
      ]);
      return undefined;
    },
  },
  instance: {
    rule: "As long as a container runs, its instance and its restart count stay the same.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      const first = instanceOf(await kit.running(pod));
      for (let count = 0; count < 4; count++) {
        checkSame(instanceOf(await kit.running(pod)), first, "the instance of a container that runs on");
      }
    },
  },
  "instance-of-attempt": {
    rule: "The next attempt is another instance: a new identifier, where the backend has any.",
    needs: ["restarts:runtime", "workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(3);
      const [first] = (await kit.ended(pod)).containers;
      await kit.create({ ...pod, attempt: 1 });
      const next = await kit.until(pod.ref, "attempt 1 ended", ({ attempt, state }) => {
        return attempt === 1 && state === "ended";
      });
      const ids = [first?.instanceId, next.containers[0]?.instanceId];
      check(ids[0] === undefined || ids[0] !== ids[1], "two attempts have two identifiers", ids);
    },
  },
  restarts: {
    rule: "A provider that restarts containers counts the restarts and keeps how the last instance ended.",
    needs: ["restarts:provider", "workload:exits"],
    run: async (kit) => {
      const pod = kit.pod(kit.workload("exits")(6), { restartPolicy: "Always" });
      await kit.create(pod);
      const seen = await kit.until(pod.ref, "it was restarted", ({ containers }) => {
        return (containers[0]?.restartCount ?? 0) >= 1;
      });
      checkSame(seen.containers[0]?.lastTermination?.exitCode, 6, "the code of the last instance");
      check(seen.state === "active", "a pod that is restarted has not ended", seen.state);
    },
  },
});

function instanceOf(observation: PodObservation): unknown {
  return observation.containers.map(({ name, instanceId, restartCount }) => ({
    name,
    instanceId,
    restartCount,
  }));
}
