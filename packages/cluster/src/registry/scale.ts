import type { KubeObject } from "../api/objects.ts";
import { invalid, invalidField } from "../api/status-error.ts";
import { fromLabelSelector } from "../selectors/label-selector.ts";

function selectorText(object: KubeObject): string {
  const selector =
    object.kind === "ReplicationController" ? { matchLabels: object.spec.selector } : object.spec.selector;
  return fromLabelSelector(selector)
    .map(({ key, operator, values }) => {
      if (operator === "In")
        return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(",")})`;
      if (operator === "NotIn") return `${key} notin (${values.join(",")})`;
      return operator === "Exists" ? key : `!${key}`;
    })
    .join(",");
}

/** The Scale view of a workload. */
export function scaleOf(object: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      ...(uid ? { uid } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(creationTimestamp ? { creationTimestamp } : {}),
    },
    spec: object.spec?.replicas ? { replicas: object.spec.replicas } : {},
    status: { replicas: object.status?.replicas ?? 0, selector: selectorText(object) },
  };
}

/** Writes what a Scale asks for into the workload. @throws StatusError 422 */
export function withScale(object: KubeObject, scale: KubeObject): KubeObject {
  const replicas = scale.spec?.replicas ?? 0;
  if (!Number.isInteger(replicas) || replicas < 0) {
    const subject = { group: "autoscaling", plural: "scales", kind: "Scale" };
    throw invalid(subject, object.metadata.name, [
      invalidField("spec.replicas", replicas, "must be greater than or equal to 0"),
    ]);
  }
  const metadata = { ...object.metadata };
  if (scale.metadata?.resourceVersion) metadata.resourceVersion = scale.metadata.resourceVersion;
  return { ...object, metadata, spec: { ...object.spec, replicas } };
}
