import { describe, expect, it } from "vitest";
import type { AnyObject } from "./api-client.ts";
import { type Bench, causesOf, conditionsOf, holds, type Space, template } from "./bench.ts";
import { expectRecorded } from "./recorded.ts";

const indexKey = "batch.kubernetes.io/job-completion-index";
const failuresKey = "batch.kubernetes.io/job-index-failure-count";

function job(spec: AnyObject): AnyObject {
  return { metadata: { name: "j" }, spec: { template: template({ restartPolicy: "Never" }), ...spec } };
}

function indexed(spec: AnyObject): AnyObject {
  return job({ completionMode: "Indexed", completions: 2, parallelism: 2, ...spec });
}

const exits42 = (action: string) => ({ action, onExitCodes: { operator: "In", values: [42] } });

function living(pods: readonly AnyObject[]): AnyObject[] {
  return pods.filter(({ status, metadata }) => status.phase === "Pending" && !metadata.deletionTimestamp);
}

function podsOf(space: Space, count: number): Promise<AnyObject[]> {
  return space.untilAll("pods", (pods) => living(pods).length === count).then(living);
}

function podOfIndex(pods: readonly AnyObject[], index: number): AnyObject {
  return living(pods).find(({ metadata }) => metadata.annotations[indexKey] === String(index));
}

/** The counters of a Job's status, times left out. */
function countsOf({ status }: AnyObject): AnyObject {
  const { conditions: _conditions, startTime: _start, completionTime: _end, ...counts } = status;
  return counts;
}

function messageOf(object: AnyObject, type: string): string {
  return object.status.conditions.find((entry: AnyObject) => entry.type === type).message;
}

const none = { ready: 0, terminating: 0, uncountedTerminatedPods: {} };

/** What a Job does about pods that fail and succeed, beyond counting them. */
export function describeJobs(open: () => Bench): void {
  describe.concurrent("Jobs", () => {
    it("fail at once by an exit code that their policy names", async () => {
      const space = await open().namespace();
      await space.create(
        "jobs",
        job({ parallelism: 2, completions: 2, podFailurePolicy: { rules: [exits42("FailJob")] } }),
      );
      const [first, second] = await podsOf(space, 2);
      await space.setPhase(first.metadata.name, "Failed", 42);
      const target = await space.until("jobs", "j", (object) => holds(object, "FailureTarget"));
      expect(messageOf(target, "FailureTarget")).toBe(
        `Container c for pod ${space.name}/${first.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
      );
      // The other pod is still being ended by its node: the Job fails for good only after that.
      const waiting = await space.until("jobs", "j", ({ status }) => status.terminating === 1);
      expect(conditionsOf(waiting)).toEqual(["FailureTarget=True PodFailurePolicy"]);
      await space.finishDeletion(second.metadata.name);
      const failed = await space.until("jobs", "j", (object) => holds(object, "Failed"));
      expect(conditionsOf(failed)).toEqual([
        "FailureTarget=True PodFailurePolicy",
        "Failed=True PodFailurePolicy",
      ]);
      expect(countsOf(failed)).toEqual({ ...none, failed: 2 });
    });

    it("do not count failures that their policy ignores", async () => {
      const space = await open().namespace();
      const ignored = { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] };
      await space.create("jobs", job({ backoffLimit: 0, podFailurePolicy: { rules: [ignored] } }));
      const [pod] = await podsOf(space, 1);
      const condition = { type: "DisruptionTarget", status: "True", reason: "Preempted", message: "" };
      await space.api.patch(space.path("pods", pod.metadata.name, "status"), {
        status: { phase: "Failed", conditions: [condition] },
      });
      const [next] = await podsOf(space, 1);
      expect(next.metadata.name).not.toBe(pod.metadata.name);
      expect(countsOf(await space.get("jobs", "j"))).toEqual({ ...none, active: 1 });
      await space.setPhase(next.metadata.name, "Succeeded");
      const done = await space.until("jobs", "j", (object) => holds(object, "Complete"));
      expect(countsOf(done)).toEqual({ ...none, succeeded: 1 });
    });

    it("count failures of each index, from pod to pod, and fail with those indexes", async () => {
      const space = await open().namespace();
      await space.create("jobs", indexed({ backoffLimitPerIndex: 1 }));
      const pods = await podsOf(space, 2);
      expect(pods.map(({ metadata }) => metadata.annotations[failuresKey])).toEqual(["0", "0"]);
      await space.setPhase(podOfIndex(pods, 0).metadata.name, "Failed", 1);
      await space.setPhase(podOfIndex(pods, 1).metadata.name, "Succeeded");
      const [again] = await podsOf(space, 1);
      expect(again.metadata.annotations).toMatchObject({ [indexKey]: "0", [failuresKey]: "1" });
      expect(countsOf(await space.until("jobs", "j", ({ status }) => status.failed === 1))).toEqual({
        ...none,
        active: 1,
        succeeded: 1,
        failed: 1,
        completedIndexes: "1",
        failedIndexes: "",
      });
      await space.setPhase(again.metadata.name, "Failed", 1);
      const failed = await space.until("jobs", "j", (object) => holds(object, "Failed"));
      expect(conditionsOf(failed)).toEqual(["FailureTarget=True FailedIndexes", "Failed=True FailedIndexes"]);
      expect(countsOf(failed)).toEqual({
        ...none,
        succeeded: 1,
        failed: 2,
        completedIndexes: "1",
        failedIndexes: "0",
      });
    });

    it("give an index up by an exit code, and end when too many indexes have failed", async () => {
      const space = await open().namespace();
      await space.create(
        "jobs",
        indexed({
          completions: 3,
          parallelism: 3,
          backoffLimitPerIndex: 5,
          maxFailedIndexes: 1,
          podFailurePolicy: { rules: [exits42("FailIndex")] },
        }),
      );
      const pods = await podsOf(space, 3);
      await space.setPhase(podOfIndex(pods, 1).metadata.name, "Failed", 42);
      const partly = await space.until("jobs", "j", ({ status }) => status.failedIndexes === "1");
      expect(conditionsOf(partly)).toEqual([]);
      await space.setPhase(podOfIndex(pods, 2).metadata.name, "Failed", 42);
      await space.until("jobs", "j", ({ status }) => status.terminating === 1);
      await space.finishDeletion(podOfIndex(pods, 0).metadata.name);
      const failed = await space.until("jobs", "j", (object) => holds(object, "Failed"));
      expect(messageOf(failed, "Failed")).toBe(
        "Job has exceeded the specified maximal number of failed indexes",
      );
      expect(conditionsOf(failed).at(-1)).toBe("Failed=True MaxFailedIndexesExceeded");
      expect(countsOf(failed)).toEqual({ ...none, failed: 3, failedIndexes: "1,2" });
    });

    it("succeed by their success policy, and stop the rest", async () => {
      const space = await open().namespace();
      const rules = [{ succeededCount: 3 }, { succeededIndexes: "0-1", succeededCount: 1 }];
      await space.create("jobs", indexed({ completions: 4, parallelism: 3, successPolicy: { rules } }));
      const pods = await podsOf(space, 3);
      await space.setPhase(podOfIndex(pods, 2).metadata.name, "Succeeded");
      await space.until("jobs", "j", ({ status }) => status.completedIndexes === "2");
      await space.setPhase(podOfIndex(pods, 1).metadata.name, "Succeeded");
      const met = await space.until("jobs", "j", (object) => holds(object, "SuccessCriteriaMet"));
      expect(messageOf(met, "SuccessCriteriaMet")).toBe("Matched rules at index 1");
      const ending = await space.untilAll("pods", (all) =>
        all.some(({ metadata }) => metadata.deletionTimestamp),
      );
      for (const { metadata, status } of ending)
        if (status.phase !== "Succeeded") await space.finishDeletion(metadata.name);
      const done = await space.until("jobs", "j", (object) => {
        return holds(object, "Complete");
      });
      expect(conditionsOf(done)).toEqual([
        "SuccessCriteriaMet=True SuccessPolicy",
        "Complete=True SuccessPolicy",
      ]);
      expect(countsOf(done)).toEqual({ ...none, succeeded: 2, completedIndexes: "1,2" });
    });

    it("replace pods only after they have failed, when they are told to", async () => {
      const space = await open().namespace();
      await space.create("jobs", job({ podReplacementPolicy: "Failed" }));
      const [pod] = await podsOf(space, 1);
      await space.delete("pods", pod.metadata.name);
      const waiting = await space.until("jobs", "j", ({ status }) => status.terminating === 1);
      expect(countsOf(waiting)).toEqual({ ...none, terminating: 1 });
      await space.setPhase(pod.metadata.name, "Failed", 143);
      await space.finishDeletion(pod.metadata.name);
      await podsOf(space, 1);
      const replaced = await space.until("jobs", "j", ({ status }) => status.active === 1);
      expect(countsOf(replaced)).toEqual({ ...none, active: 1, failed: 1 });
    });

    it("replace pods as soon as they are being deleted, when nothing else is said", async () => {
      const space = await open().namespace();
      await space.create("jobs", job({}));
      const [pod] = await podsOf(space, 1);
      await space.delete("pods", pod.metadata.name);
      await podsOf(space, 1);
      const replaced = await space.until("jobs", "j", ({ status }) => status.active === 1);
      expect(countsOf(replaced)).toEqual({ ...none, active: 1, failed: 1, terminating: 1 });
    });

    it("hold their pods back while they are suspended", async () => {
      const space = await open().namespace();
      await space.create("jobs", job({ suspend: true, parallelism: 2, completions: 2 }));
      const held = await space.until("jobs", "j", (object) => holds(object, "Suspended"));
      expect(held.status.startTime).toBeUndefined();
      await space.patch("jobs", "j", {
        spec: { template: { spec: { tolerations: [{ operator: "Exists" }] } } },
      });
      await space.patch("jobs", "j", { spec: { suspend: false } });
      const pods = await podsOf(space, 2);
      expect(pods[0].spec.tolerations[0]).toEqual({ operator: "Exists" });
      const resumed = await space.until("jobs", "j", ({ status }) => status.active === 2);
      expect(conditionsOf(resumed)).toEqual(["Suspended=False JobResumed"]);
      await space.patch("jobs", "j", { spec: { suspend: true } });
      const again = await space.until("jobs", "j", ({ status }) => status.terminating === 2);
      expect(conditionsOf(again)).toEqual(["Suspended=True JobSuspended"]);
      expect(countsOf(again)).toEqual({ ...none, terminating: 2 });
    });

    it("leave their pods behind when nobody says what becomes of them", async () => {
      const space = await open().namespace();
      await space.create("jobs", job({}));
      await podsOf(space, 1);
      await space.delete("jobs", "j");
      await space.untilGone("jobs", "j");
      const [left] = await space.untilAll("pods", ([pod]) => !pod.metadata.ownerReferences);
      expect(left.metadata).not.toHaveProperty("deletionTimestamp");
      expect(left.metadata).not.toHaveProperty("finalizers");
    });

    it("go with all that they have when their time to live is over", async () => {
      const space = await open().namespace();
      await space.create("jobs", job({ ttlSecondsAfterFinished: 1 }));
      const [pod] = await podsOf(space, 1);
      await space.setPhase(pod.metadata.name, "Succeeded");
      await space.untilGone("jobs", "j");
      expect(await space.list("pods")).toEqual([]);
    });

    it("are refused with the fields that are wrong", async () => {
      const space = await open().namespace();
      const wrong = [
        job({ backoffLimitPerIndex: 1 }),
        indexed({ maxFailedIndexes: 3 }),
        indexed({ backoffLimitPerIndex: -1, completions: undefined }),
        job({ podFailurePolicy: { rules: [exits42("FailIndex"), { action: "Ignore" }] } }),
        job({ podReplacementPolicy: "TerminatingOrFailed", podFailurePolicy: { rules: [exits42("Count")] } }),
        job({
          podFailurePolicy: {
            rules: [
              { action: "Count", onExitCodes: { operator: "In", values: [3, 0, 3], containerName: "d" } },
              {
                action: "FailJob",
                onExitCodes: { operator: "NotIn", values: [] },
                onPodConditions: [{ type: "Ready", status: "True" }],
              },
            ],
          },
        }),
        job({
          template: template({ restartPolicy: "OnFailure" }),
          podFailurePolicy: { rules: [exits42("Count")] },
        }),
        indexed({ successPolicy: { rules: [] } }),
        indexed({
          successPolicy: {
            rules: [
              {},
              { succeededIndexes: "1,0" },
              { succeededIndexes: "0-5" },
              { succeededIndexes: "0-1-2" },
              { succeededIndexes: "a" },
              { succeededCount: 3 },
              { succeededIndexes: "0", succeededCount: 2 },
            ],
          },
        }),
      ];
      const causes = [];
      for (const object of wrong) causes.push(await causesOf(space, "jobs", object));
      await expectRecorded(space, "job-causes", causes);
    });

    it("keep what decides how they end", async () => {
      const space = await open().namespace();
      await space.create("jobs", indexed({ suspend: true }));
      const changes = [
        { completions: 3 },
        { completionMode: "NonIndexed" },
        { backoffLimitPerIndex: 2 },
        { managedBy: "example.com/other" },
        { template: { spec: { containers: [{ name: "c", image: "y" }] } } },
      ];
      const answers = [];
      for (const spec of changes) {
        const { code, body } = await space.api.call(
          "PATCH",
          space.path("jobs", "j"),
          { spec },
          {
            contentType: "application/merge-patch+json",
          },
        );
        answers.push({ code, fields: body.details.causes.map(({ field }: AnyObject) => field).sort() });
      }
      await expectRecorded(space, "job-updates", answers);
      await space.patch("jobs", "j", { spec: { completions: 3, parallelism: 3 } });
    });
  });
}
