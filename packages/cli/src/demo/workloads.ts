import type { KubeObject } from "@vkubelet/cluster";

/** The node that a workload is meant for. */
export interface Target {
  /** Name of the Kubernetes node. */
  readonly name: string;
  readonly image: string;
  readonly namespace: string;
}

const untilTerminated = "trap 'exit 0' TERM; while :; do sleep 0.2; done";

/** A pod spec bound to one virtual node by selector and toleration; containers get the node's image. */
function podSpec(target: Target, spec: KubeObject["spec"]): KubeObject["spec"] {
  const withImage = (containers: readonly object[]) =>
    containers.map((container) => ({
      image: target.image,
      imagePullPolicy: "IfNotPresent",
      resources: { requests: { cpu: "10m", memory: "16Mi" } },
      ...container,
    }));
  return {
    nodeSelector: { "kubernetes.io/hostname": target.name },
    tolerations: [{ key: "virtual-kubelet.io/provider", operator: "Exists" }],
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    ...spec,
    containers: withImage(spec.containers),
    ...(spec.initContainers === undefined ? {} : { initContainers: withImage(spec.initContainers) }),
  };
}

function shell(name: string, script: string): { readonly name: string; readonly command: readonly string[] } {
  return { name, command: ["/bin/sh", "-c", script] };
}

function pod(target: Target, name: string, spec: KubeObject["spec"]): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: target.namespace, labels: { app: name } },
    spec: podSpec(target, { restartPolicy: "Never", ...spec }),
  };
}

function job(target: Target, name: string, backoffLimit: number, spec: KubeObject["spec"]): KubeObject {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: target.namespace },
    spec: { backoffLimit, template: { spec: podSpec(target, { restartPolicy: "Never", ...spec }) } },
  };
}

export function namespace(name: string): KubeObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

/** A Job that says where it runs and succeeds. */
export function greetingJob(target: Target, name = "hello"): KubeObject {
  return job(target, name, 1, { containers: [shell("main", `echo hello from ${target.name}`)] });
}

/** A Job that works for some seconds. */
export function workingJob(target: Target, name: string, seconds: number): KubeObject {
  const script = `i=0; while [ $i -lt ${seconds} ]; do i=$((i+1)); echo step $i; sleep 1; done`;
  return job(target, name, 1, { containers: [shell("main", script)] });
}

/** A Job whose pods exit with 3; the Job controller tries once more and gives up. */
export function failingJob(target: Target, name = "broken"): KubeObject {
  return job(target, name, 1, { containers: [shell("main", "echo going down >&2; exit 3")] });
}

/** A Deployment of processes that run until they are told to end. */
export function webDeployment(target: Target, replicas: number, name = "web"): KubeObject {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: target.namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: podSpec(target, { containers: [shell("web", `echo serving; ${untilTerminated}`)] }),
      },
    },
  };
}

/** An init container, then two containers side by side; each prints the time in seconds, which proves the order. */
export function preparedPod(target: Target, name = "prepared"): KubeObject {
  return pod(target, name, {
    initContainers: [shell("prepare", "sleep 1; echo prepared at $(date +%s)")],
    containers: ["first", "second"].map((container) => shell(container, `echo ${container} at $(date +%s)`)),
  });
}

/** A ConfigMap, a Secret, and a pod that prints what it gets of them. */
export function settingsObjects(target: Target, name = "settings"): readonly KubeObject[] {
  const metadata = { name, namespace: target.namespace };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { color: "blue" } },
    { apiVersion: "v1", kind: "Secret", metadata, stringData: { password: "s3cret" } },
    pod(target, name, {
      containers: [
        {
          ...shell("main", "echo $COLOR, a password of $(printf %s $PASSWORD | wc -c) bytes, in $POD_NAME"),
          env: [
            { name: "COLOR", valueFrom: { configMapKeyRef: { name, key: "color" } } },
            { name: "PASSWORD", valueFrom: { secretKeyRef: { name, key: "password" } } },
            { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
          ],
        },
      ],
    }),
  ];
}

/** A Job with a native sidecar, which must not keep the Job from its end. */
export function sidecarJob(target: Target, name = "with-sidecar"): KubeObject {
  return job(target, name, 0, {
    initContainers: [{ ...shell("helper", untilTerminated), restartPolicy: "Always" }],
    containers: [shell("main", "sleep 1; echo done")],
  });
}

/** A pod that says what it is told when it is told to end. */
export function patientPod(target: Target, name = "patient"): KubeObject {
  return pod(target, name, {
    containers: [shell("main", `echo working; ${untilTerminated}`)],
  });
}

/** What `vkubelet demo` runs on a node; names carry the node's, so that all can stand in one namespace. */
export function sampleWorkloads(
  target: Target,
  options: { readonly suffix: string; readonly deployments: boolean },
): readonly KubeObject[] {
  const named = (name: string) => `${name}-${options.suffix}`;
  const jobs = [greetingJob(target, named("hello")), failingJob(target, named("broken"))];
  if (!options.deployments) {
    return [...jobs, workingJob(target, named("work"), 30), ...settingsObjects(target, named("settings"))];
  }
  return [
    webDeployment(target, 3, named("web")),
    ...jobs,
    preparedPod(target, named("prepared")),
    ...settingsObjects(target, named("settings")),
  ];
}
