import { digest32 } from "./digest.ts";

/** The group that holds a pod's tasks. */
export const groupName = "pod";

/** Bumped when the meaning of a job's Meta changes. */
export const schemaVersion = "1";

/** What every job ID of one virtual node begins with: `vk-<8 hex digits of the node's name>-`. */
export function jobPrefix(nodeName: string): string {
  return `vk-${digest32(nodeName)}-`;
}

/** The one job ID of a pod: 48 characters for a pod UID of Kubernetes. */
export function jobId(nodeName: string, uid: string): string {
  return `${jobPrefix(nodeName)}${uid}`;
}

/** Nomad keeps the name `alloc` of a task's folder for itself. */
export function taskName(container: string): string {
  return container === "alloc" ? "vk_alloc" : container;
}

/** The container that a task stands for; the opposite of {@link taskName}. */
export function containerName(task: string): string {
  return task === "vk_alloc" ? "alloc" : task;
}

/** The variable that everything of a job may read without any policy. */
export function jobVariable(job: string): string {
  return `nomad/jobs/${job}`;
}

/** The variable that a task may read without any policy. */
export function taskVariable(job: string, task: string): string {
  return `nomad/jobs/${job}/${groupName}/${task}`;
}

/** The variable that all tasks of a pod may read without any policy. */
export function groupVariable(job: string): string {
  return `nomad/jobs/${job}/${groupName}`;
}

/** Keys of a job's Meta. Nomad shows them to every task as `NOMAD_META_*`. */
export const metaKeys = {
  namespace: "k8s_namespace",
  name: "k8s_pod",
  uid: "k8s_uid",
  node: "k8s_node",
  specHash: "vk_spec_hash",
  schema: "vk_schema",
  /** Init containers and sidecars in order: `init:a,sidecar:b`. What opens gates again after a restart of the host. */
  stages: "vk_stages",
  /** `host` where the pod has its host's address. */
  network: "vk_network",
  /** MHz that stood for one CPU when the job was made. */
  mhzPerCore: "vk_mhz_per_core",
} as const;
