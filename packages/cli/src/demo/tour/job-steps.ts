import { failingJob, greetingJob, sidecarJob } from "../workloads.ts";
import { check } from "./check.ts";
import type { Step } from "./step.ts";
import { conditionOf, containerStatus, hasCondition, hasPhase } from "./trial.ts";

const podsOfJob = (name: string) => `batch.kubernetes.io/job-name=${name}`;

/** A Job that succeeds. */
export const jobSucceeds: Step = {
  title: "A Job runs to its end, and kubectl logs shows its output",
  async run(trial) {
    await trial.apply(greetingJob(trial.target));
    await trial.until("complete", "Job", "hello", (job) => hasCondition(job, "Complete"));
    const pods = await trial.untilPods("one, succeeded", podsOfJob("hello"), (all) =>
      all.every(hasPhase("Succeeded")),
    );
    check("number of pods", pods.length, 1);
    const [pod] = pods;
    const name = pod?.metadata.name ?? "";
    const log = await trial.log(name, "main", 1);
    check("log", log, [`hello from ${trial.node.name}`]);
    return `Complete; ${name} printed "${log[0]}"`;
  },
};

/** A Job whose pods exit with 3. */
export const jobFailsTwice: Step = {
  title: "A Job whose program exits with 3 is tried again, then given up",
  async run(trial) {
    await trial.apply(failingJob(trial.target));
    const job = await trial.until("failed", "Job", "broken", (object) => hasCondition(object, "Failed"));
    check("reason", conditionOf(job, "Failed")?.reason, "BackoffLimitExceeded");
    const pods = await trial.untilPods("two, failed", podsOfJob("broken"), (all) =>
      all.every(hasPhase("Failed")),
    );
    const codes = pods.map((pod) => containerStatus(pod, "main")?.state?.terminated?.exitCode);
    check("exit codes", codes, [3, 3]);
    return `Failed, BackoffLimitExceeded; exit codes of its pods ${codes.join(" and ")}`;
  },
};

/** A native sidecar in a Job. */
export const sidecarEnds: Step = {
  title: "A sidecar runs beside the main container of a Job, and ends with it",
  async run(trial) {
    await trial.apply(sidecarJob(trial.target));
    await trial.until("complete", "Job", "with-sidecar", (job) => hasCondition(job, "Complete"));
    const [pod] = await trial.untilPods("succeeded", podsOfJob("with-sidecar"), (all) =>
      all.every(hasPhase("Succeeded")),
    );
    const main = pod && containerStatus(pod, "main")?.state?.terminated?.exitCode;
    check("exit code of the main container", main, 0);
    const helper = pod && containerStatus(pod, "helper")?.state?.terminated;
    check("sidecar ended", helper !== undefined, true);
    return `Complete; main exited with 0, then the sidecar with ${helper.exitCode}`;
  },
};
