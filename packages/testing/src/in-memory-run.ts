import type { ContainerObservation, PodObservation, ResolvedPod } from "@vkubelet/core";
import { programOf } from "./in-memory-workloads.ts";

/** Ordinary init containers have done their work, everything else runs; after one that failed nothing starts. */
export function startedContainers(pod: ResolvedPod, startedAt: string): readonly ContainerObservation[] {
  let failed = false;
  return [...pod.initContainers, ...pod.containers].map((container) => {
    if (failed) return { name: container.name, restartCount: 0, state: { type: "waiting" } };
    if (container.kind === "init") {
      const exitCode = programOf(container)?.exitCode ?? 0;
      failed = exitCode !== 0;
      return { name: container.name, restartCount: 0, state: { type: "terminated", exitCode } };
    }
    return {
      name: container.name,
      restartCount: 0,
      instanceId: `${pod.ref.uid}-${pod.attempt}-${container.name}`,
      state: { type: "running", startedAt },
    };
  });
}

/** A container has ended; with the last one, so has the run. */
export function exited(
  observation: PodObservation,
  pod: ResolvedPod,
  name: string,
  exitCode: number,
  finishedAt: string,
): PodObservation {
  const containers = observation.containers.map((container): ContainerObservation => {
    if (container.name !== name || container.state.type === "waiting") return container;
    const startedAt = container.state.startedAt;
    const started = startedAt === undefined ? {} : { startedAt };
    return { ...container, state: { type: "terminated", exitCode, finishedAt, ...started } };
  });
  const mains = new Set(pod.containers.map((container) => container.name));
  const over = containers.every(
    (container) => !mains.has(container.name) || container.state.type !== "running",
  );
  return { ...observation, state: over ? "ended" : observation.state, containers };
}

/** A container that had ended runs again. */
export function restarted(observation: PodObservation, name: string, startedAt: string): PodObservation {
  return {
    ...observation,
    containers: observation.containers.map((container): ContainerObservation => {
      if (container.name !== name || container.state.type !== "terminated") return container;
      const { type: _, ...lastTermination } = container.state;
      const restartCount = container.restartCount + 1;
      return {
        ...container,
        restartCount,
        lastTermination,
        instanceId: `${observation.ref.uid}-${name}-${restartCount}`,
        state: { type: "running", startedAt },
      };
    }),
  };
}
