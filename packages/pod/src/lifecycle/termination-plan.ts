import type { Container, ContainerKind, Pod } from "@vkubelet/core";
import { isSidecar } from "../status/restart.ts";
import { defaultGracePeriodSeconds, type GracePeriodLimits, gracePeriodSeconds } from "./grace-period.ts";
import { type HookAction, resolveLifecycles, stopSignalOf } from "./lifecycle.ts";

/** However little grace is left, a container has this long between its stop signal and SIGKILL (pod-semantics G2). */
export const minimumStopSeconds = 2;

/** How one running container is stopped. */
export interface ContainerStop {
  readonly container: string;
  readonly kind: ContainerKind | "ephemeral";
  /** Seconds from the start of the termination that hook, waiting and stop may take together. */
  readonly graceSeconds: number;
  /** Runs first, and at once, also for a sidecar (G3); cut off when the grace is over. Absent: no hook, or no grace. */
  readonly preStop?: HookAction;
  /** What must have ended before the stop signal, as long as the grace lasts: empty but for sidecars. */
  readonly waitsFor: readonly string[];
  readonly stopSignal: string;
  /** For the `Killing` event. */
  readonly message: string;
}

/** How everything that runs of a pod is stopped; all containers begin at once. */
export interface TerminationPlan {
  readonly graceSeconds: number;
  /** Main containers, then ordinary init and ephemeral ones, then sidecars in the order of their stop signals. */
  readonly stops: readonly ContainerStop[];
}

/** What a plan needs beside the pod. */
export interface TerminationInput extends GracePeriodLimits {
  /** Names of the containers that run; others neither are stopped nor waited for. */
  readonly running: readonly string[];
  /** STOPSIGNAL of images, by container (G7). */
  readonly imageStopSignals?: Readonly<Record<string, string>>;
}

/**
 * How a pod is terminated (pod-semantics 16; pkg/kubelet/kuberuntime/kuberuntime_termination_order.go): every preStop
 * hook starts at once, main containers get their stop signal when their own hook is through, and a sidecar when all
 * main containers and every later sidecar have ended. A force-deleted pod (grace 0, G8) has the least grace, 1 s. A pod
 * without sidecars has no order.
 */
export function terminationPlan(pod: Pod, input: TerminationInput): TerminationPlan {
  const graceSeconds = gracePeriodSeconds(pod, input);
  const running = (container: Container) => input.running.includes(container.name);
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  const stop = stopper(pod, graceSeconds, input.imageStopSignals ?? {});
  const main = containers.filter(running);
  const stops = [
    ...main.map((container) => stop(container, "main", [])),
    ...initContainers
      .filter((container) => running(container) && !isSidecar(container))
      .map((container) => stop(container, "init", [])),
    ...ephemeralContainers.filter(running).map((container) => stop(container, "ephemeral", [])),
  ];
  let waitsFor = main.map(({ name }) => name);
  for (const sidecar of initContainers
    .filter((container) => running(container) && isSidecar(container))
    .reverse()) {
    stops.push(stop(sidecar, "sidecar", waitsFor));
    waitsFor = [...waitsFor, sidecar.name];
  }
  return { graceSeconds, stops };
}

/**
 * The stop of one container whose probe asks for its kill (pod-semantics G4): on the grace of a deletion that has
 * begun, else the probe's own, else the pod's. `message` is that of the probe's verdict. Not less than 2 s after the
 * hook, but the hook itself only with grace.
 */
export function probeKillStop(
  pod: Pod,
  container: Container,
  kind: "startup" | "liveness",
  message: string,
  imageStopSignal?: string,
): ContainerStop {
  const probe: { readonly terminationGracePeriodSeconds?: number } = container[`${kind}Probe`] ?? {};
  const graceSeconds =
    pod.metadata?.deletionGracePeriodSeconds ??
    probe.terminationGracePeriodSeconds ??
    pod.spec?.terminationGracePeriodSeconds ??
    defaultGracePeriodSeconds;
  const signals = imageStopSignal === undefined ? {} : { [container.name]: imageStopSignal };
  const stop = stopper(pod, graceSeconds, signals)(container, isSidecar(container) ? "sidecar" : "main", []);
  return { ...stop, message };
}

/**
 * The stop of one container because every container is restarted in place (pod-semantics B6): no hook, no grace, 2 s.
 */
export function restartAllStop(pod: Pod, container: Container, imageStopSignal?: string): ContainerStop {
  const signals = imageStopSignal === undefined ? {} : { [container.name]: imageStopSignal };
  const init = pod.spec?.initContainers?.some(({ name }) => name === container.name) ?? false;
  const kind = init ? (isSidecar(container) ? "sidecar" : "init") : "main";
  return { ...stopper(pod, 0, signals)(container, kind, []), message: "killing" };
}

function stopper(pod: Pod, graceSeconds: number, imageStopSignals: Readonly<Record<string, string>>) {
  const { lifecycles } = resolveLifecycles(pod);
  return (container: Container, kind: ContainerStop["kind"], waitsFor: readonly string[]): ContainerStop => {
    const preStop = lifecycles.find((lifecycle) => lifecycle.container === container.name)?.preStop;
    return {
      container: container.name,
      kind,
      graceSeconds,
      ...(preStop !== undefined && graceSeconds > 0 && { preStop }),
      waitsFor,
      stopSignal: stopSignalOf(container, imageStopSignals[container.name]),
      message: `Stopping container ${container.name}`,
    };
  };
}
