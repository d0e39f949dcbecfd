import { templateHash } from "./generated-names.ts";
import { type Draft, isObject, objectIn, objectMadeIn, objectsIn } from "./json-draft.ts";
import { controllerReference, podFromTemplate } from "./pod-from-template.ts";
import type { PodsOptions, WorkloadSource } from "./workload-pod.ts";

/** The taints that a DaemonSet's pods bear for ever, in the controller's order. */
const toleratedTaints = [
  ["node.kubernetes.io/not-ready", "NoExecute"],
  ["node.kubernetes.io/unreachable", "NoExecute"],
  ["node.kubernetes.io/disk-pressure", "NoSchedule"],
  ["node.kubernetes.io/memory-pressure", "NoSchedule"],
  ["node.kubernetes.io/pid-pressure", "NoSchedule"],
  ["node.kubernetes.io/unschedulable", "NoSchedule"],
] as const;

/** A pod of a DaemonSet, as pkg/controller/daemon makes it: bound to its node by affinity, patient with its taints. */
export function daemonSetPod(set: Draft, source: WorkloadSource, options: PodsOptions): Draft {
  const spec = objectIn(set, "spec") ?? {};
  const template = objectIn(spec, "template");
  const pod = podFromTemplate(template, controllerReference("apps/v1", set, source), source.namespace);
  const metadata = objectMadeIn(pod, "metadata") ?? {};
  const generation = objectIn(set, "metadata")?.["annotations"];
  const stated = isObject(generation) ? generation["deprecated.daemonset.template.generation"] : undefined;
  metadata["labels"] = {
    ...objectIn(metadata, "labels"),
    "controller-revision-hash": templateHash(template),
    "pod-template-generation": typeof stated === "string" ? stated : "1",
  };
  const podSpec = objectMadeIn(pod, "spec") ?? {};
  tolerate(podSpec);
  if (options.nodeName !== undefined) bindToNode(podSpec, options.nodeName);
  return pod;
}

/** AddOrUpdateDaemonPodTolerations: a toleration of the same taint is replaced where it stands. */
function tolerate(podSpec: Draft): void {
  const taints: (readonly [string, string])[] = [...toleratedTaints];
  if (podSpec["hostNetwork"] === true) taints.push(["node.kubernetes.io/network-unavailable", "NoSchedule"]);
  const tolerations = objectsIn(podSpec, "tolerations");
  for (const [key, effect] of taints) {
    const added = { key, operator: "Exists", effect };
    const index = tolerations.findIndex(
      (present) =>
        present["key"] === key &&
        present["effect"] === effect &&
        present["operator"] === "Exists" &&
        (present["value"] ?? "") === "",
    );
    if (index < 0) tolerations.push(added);
    else tolerations[index] = added;
  }
  podSpec["tolerations"] = tolerations;
}

/** ReplaceDaemonSetPodNodeNameNodeAffinity: whatever the template requires of nodes gives way to the one node. */
function bindToNode(podSpec: Draft, nodeName: string): void {
  const affinity = objectMadeIn(podSpec, "affinity");
  const nodeAffinity = affinity && objectMadeIn(affinity, "nodeAffinity");
  if (!nodeAffinity) return;
  const matchFields = [{ key: "metadata.name", operator: "In", values: [nodeName] }];
  nodeAffinity["requiredDuringSchedulingIgnoredDuringExecution"] = { nodeSelectorTerms: [{ matchFields }] };
}
