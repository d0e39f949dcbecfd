import type { ResolvedPod } from "@vkubelet/core";
import type { NameValue } from "./run-names.ts";

/** The values of a container that can stand either in its definition or in what overrides it for one run. */
export interface ContainerValues {
  readonly name: string;
  readonly command?: readonly string[];
  readonly environment: readonly NameValue[];
}

/** {@link ContainerValues} divided. What is in neither part is not set. */
export interface DividedValues {
  readonly name: string;
  /** What all pods of one Deployment have alike. */
  readonly shared: Omit<ContainerValues, "name">;
  /** What is this pod's own. */
  readonly own: Omit<ContainerValues, "name">;
}

/**
 * Puts what holds the pod's name or UID into `own`, so that siblings share one definition: definitions are registered
 * slowly and kept for ever. A command goes as a whole.
 */
export function divideValues(
  pod: ResolvedPod,
  containers: readonly ContainerValues[],
): readonly DividedValues[] {
  const isOwn = (text: string) => text.includes(pod.ref.name) || text.includes(pod.ref.uid);
  return containers.map(({ name, command, environment }) => {
    const ownCommand = command?.some(isOwn) ?? false;
    return {
      name,
      shared: {
        ...(command && !ownCommand ? { command } : {}),
        environment: environment.filter(({ value }) => !isOwn(value)),
      },
      own: {
        ...(command && ownCommand ? { command } : {}),
        environment: environment.filter(({ value }) => isOwn(value)),
      },
    };
  });
}

/** Everything in `shared`: for pods whose own values do not fit into overrides. */
export function undividedValues(containers: readonly ContainerValues[]): readonly DividedValues[] {
  return containers.map(({ name, ...values }) => ({ name, shared: values, own: { environment: [] } }));
}
