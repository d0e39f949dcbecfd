import { type PodObservation, ProviderError } from "@vkubelet/core";

const states: readonly string[] = ["waiting", "active", "ended"];
const containerStates: readonly string[] = ["waiting", "running", "terminated"];

/**
 * Holds what a provider answered against the contract's form, so that a fault of a provider is told as what it is. Throws
 * `Internal` naming the method, the pod and the field.
 */
export function checkObservation(method: string, observation: PodObservation): void {
  const fault = faultOf(observation);
  if (fault === undefined) return;
  const { namespace, name, uid } = observation?.ref ?? {};
  const pod = uid === undefined ? "a pod" : `pod ${namespace}/${name}(${uid})`;
  throw new ProviderError("Internal", `${method}: the provider's observation of ${pod} is none: ${fault}`);
}

function faultOf(observation: PodObservation): string | undefined {
  if (typeof observation !== "object" || observation === null) return `it is ${String(observation)}`;
  const { ref, attempt, version, state, containers } = observation;
  if ([ref?.namespace, ref?.name, ref?.uid].some((part) => typeof part !== "string" || part === ""))
    return "ref lacks namespace, name or uid";
  if (!Number.isInteger(attempt) || attempt < 0) return `attempt is ${String(attempt)}`;
  if (!Number.isFinite(version)) return `version is ${String(version)}`;
  if (!states.includes(state)) return `state is ${String(state)}`;
  if (!Array.isArray(containers)) return "containers is no list";
  for (const container of containers) {
    const type = container?.state?.type;
    if (typeof container?.name !== "string") return "a container has no name";
    if (!containerStates.includes(type))
      return `the state of container "${container.name}" is ${String(type)}`;
    if (!Number.isInteger(container.restartCount) || container.restartCount < 0)
      return `restartCount of container "${container.name}" is ${String(container.restartCount)}`;
  }
  return undefined;
}
