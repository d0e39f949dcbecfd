import type { Pod } from "@vkubelet/core";

/** `/runningpods`: of each pod with a container that runs, who it is and what runs. */
export function runningPods(pods: Iterable<Pod>): object {
  const items: object[] = [];
  for (const { metadata, spec, status } of pods) {
    const running = new Set(
      [
        ...(status?.containerStatuses ?? []),
        ...(status?.initContainerStatuses ?? []),
        ...(status?.ephemeralContainerStatuses ?? []),
      ].flatMap(({ name, state }) => (state?.running === undefined ? [] : [name])),
    );
    const containers = [
      ...(spec?.containers ?? []),
      ...(spec?.initContainers ?? []),
      ...(spec?.ephemeralContainers ?? []),
    ].filter(({ name }) => running.has(name));
    if (containers.length === 0) continue;
    items.push({
      metadata: { name: metadata?.name, namespace: metadata?.namespace, uid: metadata?.uid },
      spec: { containers: containers.map(({ name, image }) => ({ name, image, resources: {} })) },
      status: {},
    });
  }
  return { kind: "PodList", apiVersion: "v1", metadata: {}, items };
}
