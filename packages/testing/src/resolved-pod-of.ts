import type { ConfigMap, PodSpec, ResolvedPod, Secret } from "@vkubelet/core";
import { resolvePod } from "@vkubelet/pod";

/** What the pod refers to, by name. */
export interface ReferencedObjects {
  readonly configMaps?: Readonly<Record<string, ConfigMap>>;
  readonly secrets?: Readonly<Record<string, Secret>>;
  /** What every token of the service account reads. */
  readonly token?: { readonly token: string; readonly expiresAt: string };
}

/** UID of every pod of {@link resolvedPodOf}. */
export const testPodUid = "5d3c1c52-0000-4000-8000-000000000001";

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
  const outcome = resolvePod(
    { metadata: { namespace: "shop", name, uid: testPodUid }, spec },
    {
      attempt,
      configMap: (key) => objects.configMaps?.[key],
      secret: (key) => objects.secrets?.[key],
      services: [],
      nodeAllocatable: { cpu: "4", memory: "8Gi" },
      token: () => objects.token,
    },
  );
  if (outcome.type === "waiting") throw new Error(JSON.stringify(outcome.waits));
  return outcome.pod;
}
