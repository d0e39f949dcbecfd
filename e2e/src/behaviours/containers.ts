import { waitFor } from "../wait-for.ts";
import type { Behaviour, Trial } from "./behaviour.ts";
import {
  apply,
  conditionStatus,
  containerStatus,
  hasPhase,
  kubectl,
  list,
  podSpec,
  shell,
  waitForPod,
} from "./objects.ts";

/** I1: init containers first, one at a time, then all main containers. */
export const initAndTwoContainers: Behaviour = {
  name: "init container, two containers",
  expected: {
    phase: "Succeeded",
    init: 0,
    first: 0,
    second: 0,
    initialized: "True",
    initLog: "prepared",
    firstLog: "one",
    secondLog: "two",
    initEndedFirst: true,
  },
  async observe(trial) {
    const spec = podSpec(trial.node, {
      restartPolicy: "Never",
      initContainers: [{ name: "prepare", ...shell("sleep 2; echo prepared $(date +%s)") }],
      containers: [
        { name: "first", ...shell("echo one $(date +%s)") },
        { name: "second", ...shell("echo two") },
      ],
    });
    await apply(trial, { apiVersion: "v1", kind: "Pod", metadata: { name: "several" }, spec });
    const pod = await waitForPod(trial, "several", hasPhase("Succeeded", "Failed"));
    const terminated = (name: string) => containerStatus(pod, name).state.terminated;
    const log = async (name: string) => (await kubectl(trial, ["logs", "several", "-c", name])).trim();
    const [initWord, initTime] = (await log("prepare")).split(" ");
    const [firstWord, firstTime] = (await log("first")).split(" ");
    return {
      phase: pod.status.phase,
      init: terminated("prepare").exitCode,
      first: terminated("first").exitCode,
      second: terminated("second").exitCode,
      initialized: conditionStatus(pod, "Initialized"),
      initLog: initWord ?? "",
      firstLog: firstWord ?? "",
      secondLog: await log("second"),
      // Told by the containers themselves: not every backend knows the times of single containers.
      initEndedFirst: Number(initTime) <= Number(firstTime),
    };
  },
};

/** N1 to N4, D1: environment from a ConfigMap, a Secret and the downward API. */
export const environment: Behaviour = {
  name: "env from ConfigMap, Secret, downward API",
  expected: { phase: "Succeeded", log: "blue s3cret env-pod hello-blue" },
  async observe(trial) {
    const spec = podSpec(trial.node, {
      restartPolicy: "Never",
      containers: [
        {
          name: "main",
          env: [
            { name: "COLOR", valueFrom: { configMapKeyRef: { name: "settings", key: "color" } } },
            { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "keys", key: "password" } } },
            { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
            { name: "GREETING", value: "hello-$(COLOR)" },
          ],
          ...shell("echo $COLOR $PASSWORD $POD_NAME $GREETING"),
        },
      ],
    });
    await apply(
      trial,
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { color: "blue" } },
      { apiVersion: "v1", kind: "Secret", metadata: { name: "keys" }, stringData: { password: "s3cret" } },
      { apiVersion: "v1", kind: "Pod", metadata: { name: "env-pod" }, spec },
    );
    const pod = await waitForPod(trial, "env-pod", hasPhase("Succeeded", "Failed"));
    return { phase: pod.status.phase, log: (await kubectl(trial, ["logs", "env-pod"])).trim() };
  },
};

/** N3: a missing ConfigMap keeps the pod waiting; its appearance starts it. */
export const missingConfigMap: Behaviour = {
  name: "ConfigMap that appears later",
  expected: {
    waiting: "CreateContainerConfigError",
    message: 'configmap "later" not found',
    phase: "Succeeded",
    log: "green",
  },
  async observe(trial) {
    const spec = podSpec(trial.node, {
      restartPolicy: "Never",
      containers: [
        {
          name: "main",
          env: [{ name: "COLOR", valueFrom: { configMapKeyRef: { name: "later", key: "color" } } }],
          ...shell("echo $COLOR"),
        },
      ],
    });
    await apply(trial, { apiVersion: "v1", kind: "Pod", metadata: { name: "patient" }, spec });
    const waiting = await waitForPod(
      trial,
      "patient",
      (pod) => containerStatus(pod, "main")?.state.waiting?.reason === "CreateContainerConfigError",
    );
    await apply(trial, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "later" },
      data: { color: "green" },
    });
    const pod = await waitForPod(trial, "patient", hasPhase("Succeeded", "Failed"));
    const state = containerStatus(waiting, "main").state.waiting;
    return {
      waiting: state.reason,
      message: state.message,
      phase: pod.status.phase,
      log: (await kubectl(trial, ["logs", "patient"])).trim(),
    };
  },
};

/** I3, I4: a native sidecar runs beside the main container, is stopped after it, and does not decide the phase. */
export const sidecarEndsWithJob: Behaviour = {
  name: "sidecar ends with its Job",
  expected: { phase: "Succeeded", main: 0, sidecarTerminated: true },
  async observe(trial) {
    const spec = podSpec(trial.node, {
      restartPolicy: "Never",
      initContainers: [
        {
          name: "helper",
          restartPolicy: "Always",
          ...shell("trap 'exit 0' TERM; while :; do sleep 1; done"),
        },
      ],
      containers: [{ name: "main", ...shell("sleep 2; echo done") }],
    });
    await apply(trial, {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "with-sidecar" },
      spec: { template: { metadata: { labels: { app: "with-sidecar" } }, spec } },
    });
    const name = await waitForFirstPod(trial, "app=with-sidecar");
    const pod = await waitForPod(trial, name, hasPhase("Succeeded", "Failed"));
    return {
      phase: pod.status.phase,
      main: containerStatus(pod, "main").state.terminated.exitCode,
      sidecarTerminated: containerStatus(pod, "helper").state.terminated !== undefined,
    };
  },
};

async function waitForFirstPod(trial: Trial, selector: string): Promise<string> {
  const pods = await waitFor(
    `pod of ${selector}`,
    () => list(trial, "pods", "-l", selector),
    (found) => found.length > 0,
  );
  return pods[0].metadata.name;
}
