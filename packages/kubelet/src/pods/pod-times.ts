import type { Pod, PodObservation, PodStatus } from "@vkubelet/core";

/** Whether the status says that a container of this very run has run (each run adds one to the restart count). */
export function hasRun(pod: Pod, status: PodStatus | undefined, attempt: number): boolean {
  // A sidecar counts restarts within a run too.
  const ambiguous = new Set(
    attempt === 0
      ? []
      : pod.spec?.initContainers
          ?.filter(({ restartPolicy }) => restartPolicy === "Always")
          .map(({ name }) => name),
  );
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(
    ({ name, state, restartCount }) =>
      !ambiguous.has(name) &&
      restartCount >= attempt &&
      (state?.running !== undefined || state?.terminated !== undefined),
  );
}

/** When the last container of a run ended, in milliseconds since the epoch; undefined when the backend does not say. */
export function finishedAtOf(observation: PodObservation): number | undefined {
  const times = observation.containers.flatMap((container) =>
    container.state.type === "terminated" && container.state.finishedAt !== undefined
      ? [Date.parse(container.state.finishedAt)]
      : [],
  );
  return times.length === 0 ? undefined : Math.max(...times);
}

/** What was last seen of a run that has ended since. */
export function asEnded(observation: PodObservation): PodObservation {
  return { ...observation, state: "ended" };
}

/** The shortest of the delays that are known. */
export function soonest(...delays: readonly (number | undefined)[]): number | undefined {
  const known = delays.filter((delay) => delay !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
