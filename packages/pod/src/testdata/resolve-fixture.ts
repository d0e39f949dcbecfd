import type { ConfigMap, Container, Pod, PodSpec, ResolvedPod, Secret, Service } from "@vkubelet/core";
import { type ResolveInputs, type ResolveOutcome, type ResolveWait, resolvePod } from "../index.ts";

/** A pod `ns/p` with one container `c`, unless the spec says otherwise. */
export function podOf(spec: Partial<PodSpec> = {}, container: Partial<Container> = {}): Pod {
  return {
    metadata: { name: "p", namespace: "ns", uid: "uid-1", labels: { app: "web" } },
    spec: { containers: [{ name: "c", image: "app:1", ...container }], ...spec },
  };
}

export interface Cluster {
  configMaps?: Record<string, Record<string, string> | ConfigMap>;
  /** Plain texts. */
  secrets?: Record<string, Record<string, string>>;
  rawSecrets?: Record<string, Secret>;
  services?: readonly Service[] | undefined;
  token?: ResolveInputs["token"];
  attempt?: number;
}

export const base64 = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Inputs of a cluster that holds exactly these objects and no Service. */
export function inputsOf(cluster: Cluster = {}): ResolveInputs {
  const secrets: Record<string, Secret> = { ...cluster.rawSecrets };
  for (const [name, data] of Object.entries(cluster.secrets ?? {})) {
    secrets[name] = {
      data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])),
    };
  }
  return {
    attempt: cluster.attempt ?? 0,
    configMap: (name) => {
      const found = cluster.configMaps?.[name];
      if (found === undefined) return undefined;
      const isObject = "data" in found || "binaryData" in found;
      return isObject ? (found as ConfigMap) : { data: found as Record<string, string> };
    },
    secret: (name) => secrets[name],
    services: "services" in cluster ? cluster.services : [],
    nodeAllocatable: { cpu: "4", memory: "8Gi" },
    token: cluster.token ?? (() => undefined),
  };
}

export function outcomeOf(pod: Pod, cluster: Cluster = {}): ResolveOutcome {
  return resolvePod(pod, inputsOf(cluster));
}

export function resolvedOf(pod: Pod, cluster: Cluster = {}): ResolvedPod {
  const outcome = outcomeOf(pod, cluster);
  if (outcome.type !== "resolved") throw new Error(`waits: ${JSON.stringify(outcome.waits)}`);
  return outcome.pod;
}

export function waitsOf(pod: Pod, cluster: Cluster = {}): readonly ResolveWait[] {
  const outcome = outcomeOf(pod, cluster);
  if (outcome.type !== "waiting") throw new Error("does not wait");
  return outcome.waits;
}

/** The issues for which the pod is refused. */
export function issuesOf(pod: Pod, cluster: Cluster = {}): readonly { path: string; message: string }[] {
  try {
    outcomeOf(pod, cluster);
  } catch (error) {
    const { code, issues } = error as { code: string; issues: { path: string; message: string }[] };
    if (code === "InvalidInput") return issues;
    throw error;
  }
  throw new Error("is not refused");
}
