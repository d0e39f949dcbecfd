import { waitFor } from "../wait-for.ts";
import type { Behaviour } from "./behaviour.ts";
import { apply, conditionStatus, containerStatus, get, kubectl, list, podSpec, shell } from "./objects.ts";

/** A Job that succeeds. */
export const jobSucceeds: Behaviour = {
  name: "Job succeeds",
  expected: {
    complete: "True",
    pods: 1,
    phase: "Succeeded",
    exitCode: 0,
    reason: "Completed",
    restartCount: 0,
    ready: false,
    log: "hello from a job",
  },
  async observe(trial) {
    const spec = podSpec(trial.node, {
      restartPolicy: "Never",
      containers: [{ name: "main", ...shell("echo hello from a job") }],
    });
    await apply(trial, {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "good" },
      spec: { template: { spec } },
    });
    const job = await waitFor(
      `Job on ${trial.node.name}`,
      () => get(trial, "job", "good"),
      (object) => conditionStatus(object, "Complete") === "True",
    );
    const pods = await list(trial, "pods", "-l", "job-name=good");
    const status = containerStatus(pods[0], "main");
    return {
      complete: conditionStatus(job, "Complete"),
      pods: pods.length,
      phase: pods[0].status.phase,
      exitCode: status.state.terminated.exitCode,
      reason: status.state.terminated.reason,
      restartCount: status.restartCount,
      ready: status.ready,
      log: (await kubectl(trial, ["logs", pods[0].metadata.name])).trim(),
    };
  },
};

/** A Job whose pod exits 3 and is retried once by the Job controller. */
export const jobFailsAndIsRetried: Behaviour = {
  name: "Job exits 3, is retried",
  expected: {
    failed: "True",
    reason: "BackoffLimitExceeded",
    pods: 2,
    phases: "Failed,Failed",
    exitCodes: "3,3",
    reasons: "Error,Error",
  },
  async observe(trial) {
    const spec = podSpec(trial.node, {
      restartPolicy: "Never",
      containers: [{ name: "main", ...shell("exit 3") }],
    });
    await apply(trial, {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "bad" },
      spec: { backoffLimit: 1, template: { spec } },
    });
    const job = await waitFor(
      `Job on ${trial.node.name}`,
      () => get(trial, "job", "bad"),
      (object) => conditionStatus(object, "Failed") === "True",
      180_000,
    );
    const pods = await list(trial, "pods", "-l", "job-name=bad");
    const terminated = pods.map((pod) => containerStatus(pod, "main").state.terminated);
    return {
      failed: conditionStatus(job, "Failed"),
      reason: job.status.conditions.find((condition: { type: string }) => condition.type === "Failed").reason,
      pods: pods.length,
      phases: pods.map((pod) => pod.status.phase).join(","),
      exitCodes: terminated.map((state) => state.exitCode).join(","),
      reasons: terminated.map((state) => state.reason).join(","),
    };
  },
};
