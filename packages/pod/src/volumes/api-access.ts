import type { ResolvedPod } from "@vkubelet/core";

/**
 * Whether a volume is the one with a service account token that admission adds to nearly every pod
 * (pod-semantics F4, C8). A backend that has no safe place for it leaves it out and says so, instead of refusing
 * pods which never asked for it.
 */
export function isApiAccessVolume(name: string): boolean {
  return name.startsWith("kube-api-access-");
}

/** The pod without that volume and its mounts, and the paths of what was left out (`spec.volumes[1]`). */
export function withoutApiAccess(pod: ResolvedPod): {
  readonly pod: ResolvedPod;
  readonly leftOut: readonly string[];
} {
  const paths = (pod.pod.spec?.volumes ?? []).flatMap(({ name }, index) =>
    isApiAccessVolume(name) ? [`spec.volumes[${index}]`] : [],
  );
  if (paths.length === 0) return { pod, leftOut: [] };
  const strip = (containers: ResolvedPod["containers"]) =>
    containers.map((container) => ({
      ...container,
      mounts: container.mounts.filter(({ volume }) => !isApiAccessVolume(volume)),
    }));
  return {
    pod: {
      ...pod,
      initContainers: strip(pod.initContainers),
      containers: strip(pod.containers),
      volumes: pod.volumes.filter(({ name }) => !isApiAccessVolume(name)),
    },
    leftOut: paths,
  };
}
