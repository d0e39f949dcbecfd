import { formatTime, type Json, type KubeObject } from "../api/objects.ts";
import { badRequest, conflict, StatusError } from "../api/status-error.ts";
import type { Registry } from "../registry/registry.ts";
import type { WriteOptions } from "../registry/write-options.ts";

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
  const { metadata = { name }, target } = binding;
  if (metadata.name !== name) throw badRequest("name in URL does not match name in Binding object");
  checkTarget(target);
  return registry.mutate(
    type,
    namespace,
    name,
    (pod) => {
      const subject = { group: "", plural: "pods/binding", kind: "Binding" };
      const { uid, resourceVersion } = pod.metadata;
      if (metadata.uid && metadata.uid !== uid) throw preconditionFailed(pod, "UID", metadata.uid, uid);
      if (metadata.resourceVersion && metadata.resourceVersion !== resourceVersion)
        throw preconditionFailed(pod, "ResourceVersion", metadata.resourceVersion, resourceVersion);
      if (pod.metadata.deletionTimestamp)
        throw conflict(subject, name, `pod ${name} is being deleted, cannot be assigned to a host`);
      if (pod.spec.nodeName)
        throw conflict(subject, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
      if (pod.spec.schedulingGates?.length)
        throw conflict(subject, name, `pod ${name} has non-empty .spec.schedulingGates`);
      pod.spec.nodeName = target.name;
      copyOver(pod, metadata, "annotations");
      copyOver(pod, metadata, "labels");
      setScheduled(pod, formatTime(registry.clock.now()));
      return pod;
    },
    { ...options, subresource: "binding" },
  );
}

/** A binding for another pod of the name, in the words of the API server's storage. */
function preconditionFailed(
  { metadata: { name, namespace } }: KubeObject,
  what: string,
  asked: string,
  is: string | undefined,
): StatusError {
  const failed = `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${is}`;
  const why = `StorageError: invalid object, Code: 4, Key: /registry/pods/${namespace}/${name}, ResourceVersion: 0, AdditionalErrorMsg: ${failed}`;
  return conflict({ group: "", plural: "pods", kind: "Pod" }, name, why);
}

function checkTarget(target: Json): void {
  if (target?.kind && target.kind !== "Node") {
    const message = `target.kind: Unsupported value: ${JSON.stringify(target.kind)}: supported values: "Node", "<empty>"`;
    throw new StatusError(500, "", message);
  }
  if (!target?.name) throw new StatusError(500, "", "target.name: Required value");
}

/** Labels and annotations of the binding go over to the pod. */
function copyOver(pod: KubeObject, binding: Json, field: "labels" | "annotations"): void {
  if (binding[field]) pod.metadata[field] = { ...pod.metadata[field], ...binding[field] };
}

function setScheduled(pod: KubeObject, time: string): void {
  const others = (pod.status?.conditions ?? []).filter(
    (condition: Json) => condition.type !== "PodScheduled",
  );
  const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: time };
  pod.status = { ...pod.status, conditions: [...others, scheduled] };
}
