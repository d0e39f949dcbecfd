import { clone, type Json, type KubeObject } from "../api/objects.ts";
import { templateGenerationKey } from "../resources/workload-strategies.ts";
import { revisionLabel } from "./controller-revisions.ts";
import { matchesNodeAffinity, tolerates } from "./node-fit.ts";
import { podFromTemplate } from "./pod-control.ts";

const prefix = "node.kubernetes.io/";

/** Daemons stay on nodes in trouble: what every one of them tolerates. */
function daemonTolerations(spec: Json): Json[] {
  const keys: readonly (readonly [string, string])[] = [
    ["not-ready", "NoExecute"],
    ["unreachable", "NoExecute"],
    ["disk-pressure", "NoSchedule"],
    ["memory-pressure", "NoSchedule"],
    ["pid-pressure", "NoSchedule"],
    ["unschedulable", "NoSchedule"],
    ...(spec.hostNetwork ? [["network-unavailable", "NoSchedule"] as const] : []),
  ];
  return keys.map(([key, effect]) => ({ key: prefix + key, operator: "Exists", effect }));
}

/** The template's tolerations with those of every daemon; one that says the same is replaced. */
function withTolerations(spec: Json): Json[] {
  const added = daemonTolerations(spec);
  const kept = (spec.tolerations ?? []).filter(
    (toleration: Json) =>
      !added.some(
        ({ key, operator, effect }) =>
          toleration.key === key &&
          toleration.operator === operator &&
          toleration.effect === effect &&
          !toleration.value,
      ),
  );
  return [...kept, ...added];
}

/** The affinity of a daemon pod: as in the template, but for the one node it is made for. */
function affinityTo(node: string, affinity: Json): Json {
  const nodeSelectorTerms = [{ matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] }];
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
    },
  };
}

/** The pod of a DaemonSet for one node; the scheduler binds it there. */
export function daemonPod(set: KubeObject, hash: string, node: string): KubeObject {
  const pod = podFromTemplate(set.spec.template, { generateName: `${set.metadata.name}-` });
  const generation = set.metadata.annotations?.[templateGenerationKey];
  pod.metadata.labels = {
    ...pod.metadata.labels,
    ...(generation === undefined ? {} : { "pod-template-generation": generation }),
    [revisionLabel]: hash,
  };
  pod.spec.tolerations = withTolerations(pod.spec);
  pod.spec.affinity = affinityTo(node, clone(pod.spec.affinity));
  return pod;
}

/** The node that a daemon pod runs on or waits for. */
export function daemonNode(pod: KubeObject): string | undefined {
  if (pod.spec.nodeName) return pod.spec.nodeName;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const { matchFields = [] } of required?.nodeSelectorTerms ?? []) {
    const field = matchFields.find(({ key, operator }: Json) => key === "metadata.name" && operator === "In");
    if (field?.values?.length === 1) return field.values[0];
  }
  return undefined;
}

/** Whether a DaemonSet wants a pod on a node, and whether one that is there may stay. */
export function daemonPlacement(
  set: KubeObject,
  node: KubeObject,
): { readonly shouldRun: boolean; readonly mayStay: boolean } {
  const { spec } = set.spec.template;
  const named = !spec.nodeName || spec.nodeName === node.metadata.name;
  if (!named || !matchesNodeAffinity(spec, node)) return { shouldRun: false, mayStay: false };
  const tolerations = withTolerations(spec);
  const against = (node.spec?.taints ?? []).filter((taint: Json) => !tolerates(tolerations, taint));
  const has = (effect: string) => against.some((taint: Json) => taint.effect === effect);
  return { shouldRun: !has("NoSchedule") && !has("NoExecute"), mayStay: !has("NoExecute") };
}
