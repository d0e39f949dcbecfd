import { templateHash } from "./generated-names.ts";
import { type Draft, objectIn, objectMadeIn, objectsIn, textIn } from "./json-draft.ts";
import { controllerReference, podFromTemplate } from "./pod-from-template.ts";
import type { PodsOptions, WorkloadSource } from "./workload-pod.ts";

/**
 * The pod of a StatefulSet with one ordinal, as pkg/controller/statefulset makes it: name, hostname and labels carry
 * the ordinal, subdomain is the service, and every claim template becomes the volume of its name.
 */
export function statefulSetPod(set: Draft, source: WorkloadSource, options: PodsOptions): Draft {
  const spec = objectIn(set, "spec") ?? {};
  const template = objectIn(spec, "template");
  const pod = podFromTemplate(template, controllerReference("apps/v1", set, source), source.namespace);
  const start = objectIn(spec, "ordinals")?.["start"];
  const ordinal = (typeof start === "number" ? start : 0) + (options.index ?? 0);
  const name = `${source.name}-${ordinal}`;
  const metadata = objectMadeIn(pod, "metadata") ?? {};
  metadata["name"] = name;
  metadata["labels"] = {
    ...objectIn(metadata, "labels"),
    "statefulset.kubernetes.io/pod-name": name,
    "apps.kubernetes.io/pod-index": String(ordinal),
    "controller-revision-hash": `${source.name}-${templateHash(template)}`,
  };
  const podSpec = objectMadeIn(pod, "spec") ?? {};
  podSpec["hostname"] = name;
  if (textIn(spec, "serviceName") === "") delete podSpec["subdomain"];
  else podSpec["subdomain"] = spec["serviceName"];
  addClaims(podSpec, objectsIn(spec, "volumeClaimTemplates"), source.name, ordinal);
  return pod;
}

/** updateStorage: the claims come first, and hide a volume of the template with the same name. */
function addClaims(podSpec: Draft, templates: readonly Draft[], setName: string, ordinal: number): void {
  const claims = templates.map((template) => {
    const name = textIn(objectIn(template, "metadata"), "name");
    return { name, persistentVolumeClaim: { claimName: `${name}-${setName}-${ordinal}` } };
  });
  const hidden = new Set(claims.map(({ name }) => name));
  const kept = objectsIn(podSpec, "volumes").filter((volume) => !hidden.has(textIn(volume, "name")));
  const volumes = [...claims, ...kept];
  if (volumes.length > 0) podSpec["volumes"] = volumes;
}
