import type { ConfigMap, PodSpec, ResolvedPod, Secret } from "@vkubelet/core";
import { manifestInputs, resolvePod } from "@vkubelet/pod";
import { testPodUid } from "./test-pod-uid.ts";

/** What the pod refers to, by name. */
export interface ReferencedObjects {
  readonly configMaps?: Readonly<Record<string, ConfigMap>>;
  readonly secrets?: Readonly<Record<string, Secret>>;
  /** What every token of the service account reads. */
  readonly token?: { readonly token: string; readonly expiresAt: string };
}

const namespace = "shop";

/**
 * A pod of namespace `shop` with this spec, resolved as a host would on a node of 4 cores and 8 GiB. Throws when it
 * refers to something that is not among `objects`.
 */
export function resolvedPodOf(
  spec: PodSpec,
  attempt = 0,
  objects: ReferencedObjects = {},
  name = "web-7f",
): ResolvedPod {
  const listed = [...named("ConfigMap", objects.configMaps), ...named("Secret", objects.secrets)];
  const inputs = manifestInputs(listed, {
    namespace,
    attempt,
    nodeAllocatable: { cpu: "4", memory: "8Gi" },
    token: () => objects.token,
  });
  const outcome = resolvePod({ metadata: { namespace, name, uid: testPodUid }, spec }, inputs);
  if (outcome.type === "waiting") throw new Error(JSON.stringify(outcome.waits));
  return outcome.pod;
}

function named(kind: string, objects: Readonly<Record<string, ConfigMap | Secret>> = {}) {
  return Object.entries(objects).map(([name, object]) => ({ ...object, kind, metadata: { name } }));
}
