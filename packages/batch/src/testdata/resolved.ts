import type { ConfigMap, PodSpec, ResolvedPod, Secret } from "@vkubelet/core";
import { resolvePod } from "@vkubelet/pod";

export interface Objects {
  readonly configMaps?: Readonly<Record<string, ConfigMap>>;
  readonly secrets?: Readonly<Record<string, Secret>>;
}

export const uid = "5d3c1c52-0000-4000-8000-000000000001";

/** A pod resolved as a host would, with the objects given. */
export function resolved(spec: PodSpec, attempt = 0, objects: Objects = {}, name = "web-7f"): ResolvedPod {
  const outcome = resolvePod(
    { metadata: { namespace: "shop", name, uid }, spec },
    {
      attempt,
      configMap: (key) => objects.configMaps?.[key],
      secret: (key) => objects.secrets?.[key],
      services: [],
      nodeAllocatable: { cpu: "4", memory: "8Gi" },
      token: () => undefined,
    },
  );
  if (outcome.type === "waiting") throw new Error(JSON.stringify(outcome.waits));
  return outcome.pod;
}
