import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { badRequest, conflict } from "../api/status-error.ts";
import type { Registry, WriteOptions } from "../registry/registry.ts";

/**
 * Binds a pod to a node, once and for all.
 * @throws StatusError 400 (malformed), 404, 409 (bound already, being deleted, or another pod of that name)
 */
export function bindPod(
  registry: Registry,
  namespace: string,
  name: string,
  binding: Json,
  options: WriteOptions = {},
): KubeObject {
  const type = registry.types.require("", "pods");
  const { metadata, target } = binding;
  if (metadata?.name && metadata.name !== name)
    throw badRequest("name in URL does not match name in Binding object");
  if (!target?.name || (target.kind && target.kind !== "Node"))
    throw badRequest("target: a Binding names a Node as its target");
  return registry.mutate(
    type,
    namespace,
    name,
    (pod) => {
      const subject = { group: "", plural: "pods/binding", kind: "Binding" };
      if (metadata?.uid && metadata.uid !== pod.metadata.uid) {
        throw conflict(
          subject,
          name,
          `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${pod.metadata.uid}`,
        );
      }
      if (pod.metadata.deletionTimestamp)
        throw conflict(subject, name, `pod ${name} is being deleted, cannot be assigned to a host`);
      if (pod.spec.nodeName)
        throw conflict(subject, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
      if (pod.spec.schedulingGates?.length)
        throw conflict(subject, name, `pod ${name} has non-empty .spec.schedulingGates`);
      pod.spec.nodeName = target.name;
      setScheduled(pod, formatTime(registry.clock.now()));
      return pod;
    },
    { ...options, subresource: "binding" },
  );
}

function setScheduled(pod: KubeObject, time: string): void {
  const others = (pod.status?.conditions ?? []).filter(
    (condition: Json) => condition.type !== "PodScheduled",
  );
  const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: time };
  pod.status = { ...pod.status, conditions: [...others, scheduled] };
}
