import type { KubeObject } from "@vkubelet/cluster";
import { patientPod, preparedPod, settingsObjects } from "../workloads.ts";
import { CheckError, check } from "./check.ts";
import type { Step } from "./step.ts";
import { containerStatus, hasPhase, type Trial } from "./trial.ts";

const endTimeoutMs = 20_000;

/** Init container and two main containers. */
export const initContainerFirst: Step = {
  title: "An init container runs first, then two containers side by side",
  async run(trial) {
    await trial.apply(preparedPod(trial.target));
    const pod = await trial.until("succeeded", "Pod", "prepared", hasPhase("Succeeded", "Failed"));
    const codes = ["prepare", "first", "second"].map(
      (name) => containerStatus(pod, name)?.state?.terminated?.exitCode,
    );
    check("exit codes", codes, [0, 0, 0]);
    // By the programs' own clock: not every backend keeps times per container.
    const prepared = await printedTime(trial, "prepare", "prepared");
    const began = [await printedTime(trial, "first", "first"), await printedTime(trial, "second", "second")];
    const waits = began.map((time) => time - prepared);
    check(
      `order, others after prepare by seconds ${waits.join(", ")}`,
      waits.map((wait) => wait >= 0),
      [true, true],
    );
    return "Succeeded, exit codes 0, 0, 0; by the times that they printed, prepare ended before the others began";
  },
};

/** Seconds of the line `WORD at SECONDS` that the container printed. */
async function printedTime(trial: Trial, container: string, word: string): Promise<number> {
  const log = await trial.log("prepared", container, 1);
  const [, seconds] = /^\w+ at (\d+)$/.exec(log[0] ?? "") ?? [];
  check(`log of ${container}`, log, [`${word} at ${seconds ?? "SECONDS"}`]);
  return Number(seconds);
}

/** Environment from a ConfigMap, a Secret and the downward API. */
export const environmentFromObjects: Step = {
  title: "Environment variables come from a ConfigMap, a Secret and the pod itself",
  async run(trial) {
    await trial.apply(...settingsObjects(trial.target));
    const pod = await trial.until("succeeded", "Pod", "settings", hasPhase("Succeeded", "Failed"));
    check("phase", pod.status.phase, "Succeeded");
    const log = await trial.log("settings", "main", 1);
    check("log", log, ["blue, a password of 6 bytes, in settings"]);
    return `it printed "${log[0]}"`;
  },
};

/** Deletion with a grace period. */
export const deletionWithGrace: Step = {
  title: "A deleted pod gets SIGTERM and time to end; its object goes when the backend has ended",
  async run(trial) {
    await trial.apply(patientPod(trial.target));
    await trial.until("running", "Pod", "patient", hasPhase("Running"));
    await trial.log("patient", "main", 1);
    const [{ graceSeconds, pod }] = await Promise.all([
      watchEnd(trial, "patient"),
      trial.client.delete("Pod", trial.namespace, "patient"),
    ]);
    check("grace period", graceSeconds, 5);
    const code = containerStatus(pod, "main")?.state?.terminated?.exitCode;
    check("exit code of its trap", code, 0);
    await trial.untilGone("Pod", "patient");
    return `grace period ${graceSeconds} s; it ended with exit code ${code}, then its object went`;
  },
};

/** The grace period with which the end of a pod begins, and the state with which it disappears. */
async function watchEnd(
  trial: Trial,
  name: string,
): Promise<{ readonly graceSeconds: number | undefined; readonly pod: KubeObject }> {
  const timeout = AbortSignal.timeout(endTimeoutMs);
  let graceSeconds: number | undefined;
  try {
    for await (const { type, object } of trial.client.watch(
      "Pod",
      AbortSignal.any([trial.signal, timeout]),
    )) {
      const { metadata } = object;
      if (metadata.namespace !== trial.namespace || metadata.name !== name) continue;
      graceSeconds ??= metadata.deletionGracePeriodSeconds;
      if (type === "DELETED") return { graceSeconds, pod: object };
    }
  } catch (error) {
    if (!timeout.aborted) throw error;
  }
  throw new CheckError(`Pod ${name}`, "gone", `still there after ${endTimeoutMs / 1000} s`);
}

/** A kubelet that is stopped and started again. */
export const restartAdopts: Step = {
  title: "The kubelet restarts: the running pod is adopted, not started again",
  kinds: ["local"],
  async run(trial) {
    await trial.apply(patientPod(trial.target, "survivor"));
    const before = await trial.until("running", "Pod", "survivor", hasPhase("Running"));
    try {
      await trial.node.stop();
    } finally {
      await trial.node.start();
    }
    // Log and end come by the new kubelet alone.
    check("log", await trial.log("survivor", "main", 1), ["working"]);
    const [{ pod: after }] = await Promise.all([
      watchEnd(trial, "survivor"),
      trial.client.delete("Pod", trial.namespace, "survivor"),
    ]);
    const facts = (pod: KubeObject) => {
      const { containerID, restartCount, state } = containerStatus(pod, "main");
      const { startedAt } = state.running ?? state.terminated;
      return { containerID, restartCount, startedAt };
    };
    check("container after the restart", facts(after), facts(before));
    const { containerID, startedAt } = facts(after);
    return `the same container ${containerID}, started ${startedAt}, restarts 0, until it was deleted`;
  },
};
