import type { Container, PodSpec } from "@vkubelet/core";
import { unknownEndRestartable } from "../status/restart.ts";
import type { ProbeState } from "./probe-state.ts";
import type { ProbeKind } from "./probes.ts";

/** The states of a container's probes; absent where it has no such probe. */
export type ProbeStates = { readonly [Kind in ProbeKind]?: ProbeState };

/** What stands in the pod's status so far. */
export interface StandingStatus {
  readonly started: boolean;
  readonly ready: boolean;
}

/**
 * `started` and `ready` of one running main container or sidecar by its probes (pod-semantics A2, R2, R8;
 * pkg/kubelet/prober/prober_manager.go UpdatePodStatus). One that does not run is neither.
 */
export function probedStatus(
  probes: ProbeStates,
  running: boolean,
  standing: StandingStatus,
): StandingStatus {
  if (!running) return { started: false, ready: false };
  const started = passed(probes.startup, standing.started);
  return { started, ready: started && passed(probes.readiness, standing.ready) };
}

function passed(probe: ProbeState | undefined, standing: boolean): boolean {
  if (probe === undefined) return true;
  return probe.verdict === undefined ? standing : probe.verdict === "success";
}

/** A kill that a probe asks for. */
export interface ProbeKill {
  readonly kind: "startup" | "liveness";
  /** Whether the container is started again after it (pod-semantics B7: rules are not consulted). */
  readonly restart: boolean;
  /** For the `Killing` event. */
  readonly message: string;
}

/** The kill that a running container's probes ask for; liveness goes before startup. Undefined for none. */
export function probeKill(spec: PodSpec, container: Container, probes: ProbeStates): ProbeKill | undefined {
  const kind = (["liveness", "startup"] as const).find((name) => probes[name]?.verdict === "failure");
  if (kind === undefined) return undefined;
  const restart = unknownEndRestartable(spec, container);
  const message = `Container ${container.name} failed ${kind} probe${restart ? ", will be restarted" : ""}`;
  return { kind, restart, message };
}

/** How one try of a probe went, for people. */
export type ProbeOutcome =
  | { readonly result: "success"; readonly warning?: string }
  | { readonly result: "failure"; readonly output: string }
  | { readonly result: "error"; readonly error: string };

/** The event of one try (pod-semantics R6), always a Warning; undefined for a plain success. */
export function probeEvent(
  kind: ProbeKind,
  outcome: ProbeOutcome,
): { readonly reason: "Unhealthy" | "ProbeWarning"; readonly message: string } | undefined {
  const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1)} probe`;
  switch (outcome.result) {
    case "success":
      if (outcome.warning === undefined) return undefined;
      return { reason: "ProbeWarning", message: `${name} warning: ${outcome.warning}` };
    case "failure":
      return { reason: "Unhealthy", message: `${name} failed: ${outcome.output}` };
    case "error":
      return {
        reason: "Unhealthy",
        message: `${name} errored and resulted in unknown state: ${outcome.error}`,
      };
  }
}
