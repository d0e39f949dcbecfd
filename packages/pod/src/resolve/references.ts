import type { Container, Pod, Volume } from "@vkubelet/core";
import { type ObjectReference, objectReferences } from "./object-references.ts";

/** A service account token that a projected volume asks for (C7). */
export interface TokenReference {
  readonly volume: string;
  /** Where the token stands in the volume. */
  readonly path: string;
  /** Absent: the API server. */
  readonly audience?: string;
  /** 3600 where the pod does not say. */
  readonly expirationSeconds: number;
}

/** Everything outside the pod object that it needs: sorted, without repeats. */
export interface PodReferences {
  /** Names of the ConfigMaps of the pod's namespace that resolving the pod reads. */
  readonly configMaps: readonly string[];
  /** Names of the Secrets of the pod's namespace that resolving the pod reads: environment, volumes, image pulls. */
  readonly secrets: readonly string[];
  /** Tokens to request for the pod, in the order of its volumes. */
  readonly tokens: readonly TokenReference[];
  /** Every object that the pod names by kind, those that only a backend or another component reads included. */
  readonly objects: readonly ObjectReference[];
}

/**
 * Every object that resolving `pod` may read, optional ones too: a host watches exactly these, so that one that
 * appears later is noticed without a change of the pod (C9). Ephemeral containers count for `objects` alone.
 */
export function referencesOf(pod: Pod): PodReferences {
  const configMaps = new Set<string>();
  const secrets = new Set<string>();
  const spec = pod.spec;
  for (const container of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
    for (const name of environmentNames(container, "configMap")) configMaps.add(name);
    for (const name of environmentNames(container, "secret")) secrets.add(name);
  }
  const volumes = spec?.volumes ?? [];
  for (const volume of volumes) {
    const sources = volume.projected?.sources ?? [];
    for (const name of [volume.configMap?.name, ...sources.map((source) => source.configMap?.name)]) {
      if (name) configMaps.add(name);
    }
    for (const name of [volume.secret?.secretName, ...sources.map((source) => source.secret?.name)]) {
      if (name) secrets.add(name);
    }
  }
  for (const { name } of spec?.imagePullSecrets ?? []) if (name) secrets.add(name);
  return {
    configMaps: [...configMaps].sort(),
    secrets: [...secrets].sort(),
    tokens: volumes.flatMap(tokensOf),
    objects: objectReferences(pod),
  };
}

/** The tokens that one volume asks for, in order. */
export function tokensOf(volume: Volume): readonly TokenReference[] {
  return (volume.projected?.sources ?? []).flatMap(({ serviceAccountToken: token }) =>
    token ? [tokenReference(volume.name, token)] : [],
  );
}

/** The reference that stands for one token source of a volume. */
export function tokenReference(
  volume: string,
  token: { readonly path: string; readonly audience?: string; readonly expirationSeconds?: number },
): TokenReference {
  return {
    volume,
    path: token.path,
    ...(token.audience && { audience: token.audience }),
    expirationSeconds: token.expirationSeconds ?? 3600,
  };
}

function environmentNames(container: Container, kind: "configMap" | "secret"): string[] {
  const names = [
    ...(container.envFrom ?? []).map((source) => source[`${kind}Ref`]?.name),
    ...(container.env ?? []).map((variable) => variable.valueFrom?.[`${kind}KeyRef`]?.name),
  ];
  return names.filter((name): name is string => name !== undefined && name !== "");
}
