import type { Json, KubeObject } from "../api/objects.ts";
import { defaultPod } from "./pod-defaults.ts";
import { validatePodPart } from "./pod-part-validation.ts";
import { qosClass } from "./pod-qos.ts";
import { validatePodSpec, validatePodUpdate } from "./pod-validation.ts";
import type { Strategy } from "./resource-type.ts";

function isTerminal(pod: KubeObject): boolean {
  return pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
}

/** The grace of a pod's deletion: none for a pod that no node has or that has ended. */
export function podGracePeriod(pod: KubeObject, requested: number | undefined): number {
  if (!pod.spec?.nodeName || isTerminal(pod)) return 0;
  const grace = requested ?? pod.spec?.terminationGracePeriodSeconds ?? 0;
  return grace < 0 ? 1 : grace;
}

function gatedCondition(spec: Json, time: string): Json {
  return spec.schedulingGates?.length
    ? {
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "SchedulingGated",
            message: "Scheduling is blocked due to non-empty scheduling gates",
            lastProbeTime: null,
            lastTransitionTime: time,
          },
        ],
      }
    : {};
}

/** Pods: Pending at first, deleted gracefully, immutable but for a few fields. */
export const podStrategy: Strategy = {
  generation: true,
  statusWritesMetadata: true,
  returnsDeleted: true,
  defaults: defaultPod,
  prepareCreate(pod) {
    pod.status = {
      phase: "Pending",
      qosClass: qosClass(pod.spec),
      ...gatedCondition(pod.spec, pod.metadata.creationTimestamp ?? ""),
    };
  },
  prepareUpdate(pod, old) {
    // The class is decided once; a status that leaves it out does not erase it.
    if (pod.status && old.status?.qosClass) pod.status.qosClass = old.status.qosClass;
  },
  validate: (pod) => validatePodSpec(pod.spec, "spec"),
  validateUpdate: validatePodUpdate,
  validateSubresource: validatePodPart,
  fields: (pod) => ({
    "spec.nodeName": pod.spec?.nodeName ?? "",
    "spec.restartPolicy": pod.spec?.restartPolicy ?? "",
    "spec.schedulerName": pod.spec?.schedulerName ?? "",
    "spec.serviceAccountName": pod.spec?.serviceAccountName ?? "",
    "spec.hostNetwork": String(pod.spec?.hostNetwork ?? false),
    "status.phase": pod.status?.phase ?? "",
    "status.podIP": pod.status?.podIP ?? "",
    "status.nominatedNodeName": pod.status?.nominatedNodeName ?? "",
  }),
  gracePeriod: podGracePeriod,
};
