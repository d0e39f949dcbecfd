import type { Container, ResolvedContainer, ResolvedPod } from "@vkubelet/core";

/** A resolved container beside the place and the text where the user wrote it. */
export interface LocatedContainer {
  readonly container: ResolvedContainer;
  /** As the pod's JSON holds it, unknown fields included. */
  readonly written: Container;
  /** `spec.containers[0]`. */
  readonly path: string;
}

/** Every container of the pod, init containers first, in spec order. */
export function locateContainers(pod: ResolvedPod): readonly LocatedContainer[] {
  const spec = pod.pod.spec;
  const locate = (
    list: "initContainers" | "containers",
    resolved: readonly ResolvedContainer[],
  ): LocatedContainer[] =>
    resolved.map((container, index) => ({
      container,
      written: spec?.[list]?.[index] ?? { name: container.name },
      path: `spec.${list}[${index}]`,
    }));
  return [...locate("initContainers", pod.initContainers), ...locate("containers", pod.containers)];
}

/** Path of the entry that defined an environment variable: its `env` entry, else the list of `envFrom`. */
export function variablePath({ written, path }: LocatedContainer, name: string): string {
  const entries = written.env ?? [];
  const index = entries.findLastIndex((entry) => entry.name === name);
  return index >= 0 ? `${path}.env[${index}]` : `${path}.envFrom`;
}

/** A field of the spec as the pod's JSON holds it, whether or not the contract types it. */
export function specField(pod: ResolvedPod, name: string): unknown {
  return (pod.pod.spec as Readonly<Record<string, unknown>> | undefined)?.[name];
}
