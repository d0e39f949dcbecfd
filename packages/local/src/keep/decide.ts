import type { ContainerTermination } from "@vkubelet/core";
import { type BackoffState, nextBackoff } from "@vkubelet/pod";
import type { InstanceSnapshot, PodSnapshot } from "../state/snapshot.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { restarts } from "./restart-policy.ts";
import type { SteadyTimes } from "./steady-times.ts";
import { type HookStart, type StopAction, stopEverything, stopOne } from "./stop.ts";

export interface StartAction {
  readonly container: PlannedContainer;
  readonly number: number;
  /** The intent stands on disk already, and nobody has claimed it. */
  readonly resumed: boolean;
  readonly backoff?: BackoffState;
  readonly previous?: ContainerTermination;
}

/** Why a container that has ended does not run, though it will again. */
export interface PendingRestart {
  readonly dueAtMs: number;
  readonly delayMs: number;
}

/** What is to be done about a pod now, and when to look again without news. */
export interface Decision {
  readonly starts: readonly StartAction[];
  readonly stops: readonly StopAction[];
  readonly hooks: readonly HookStart[];
  readonly pending: ReadonlyMap<string, PendingRestart>;
  readonly wakeAtMs?: number;
  /** Nothing runs, and nothing will run again. */
  readonly ended: boolean;
}

/**
 * The kubelet's order of starting, restarting and stopping (pod-semantics 11, 13, 16), from what the disk says alone,
 * with its times in those of `nowMs` (see {@link SteadyTimes}). Pure, so that a provider that comes back decides as the one before it would have.
 */
export function decide(snapshot: PodSnapshot, nowMs: number): Decision {
  const { plan } = snapshot.pod;
  if (snapshot.deletion !== undefined) return stopping(snapshot, nowMs, snapshot.deletion.deadlineMs);
  const work = new Work(snapshot, nowMs);
  const mains = plan.containers.filter(({ kind }) => kind === "main");
  const initial = plan.containers.filter(({ kind }) => kind !== "main");
  const gate = passInitial(work, initial);
  if (gate === "wait") return work.decision();
  if (gate === "failed") return stopping(snapshot, nowMs, work.graceFrom(initial));
  if (work.settleInOrder(mains) === "open") return work.decision();
  return stopping(snapshot, nowMs, work.graceFrom(mains));
}

/** Walks init containers and sidecars in order, as far as it may. */
function passInitial(work: Work, initial: readonly PlannedContainer[]): "passed" | "wait" | "failed" {
  for (const container of initial) {
    const state = work.settle(container);
    const phase = work.instance(container)?.phase;
    if (container.kind === "sidecar") {
      if (!work.begun(container)) return "wait";
      continue;
    }
    if (state !== "done") return "wait";
    if (phase?.type !== "ended" || phase.termination.exitCode !== 0) return "failed";
  }
  return "passed";
}

function stopping(snapshot: PodSnapshot, nowMs: number, deadlineMs: number): Decision {
  return { starts: [], pending: new Map(), ...stopEverything(snapshot, nowMs, deadlineMs) };
}

/** Whether a container is starting in the sense of the kubelet: its postStart hook belongs to the start. */
export function awaitsPostStart(
  container: PlannedContainer,
  instance: InstanceSnapshot | undefined,
): boolean {
  if (container.postStart === undefined) return false;
  if (instance === undefined) return true;
  const { phase, postStart } = instance;
  if (phase.type === "planned" || phase.type === "starting") return true;
  return phase.type === "running" && (postStart === undefined || postStart.type === "begun");
}

class Work {
  readonly #starts: StartAction[] = [];
  readonly #stops: StopAction[] = [];
  readonly #hooks: HookStart[] = [];
  readonly #wakes: number[] = [];
  readonly #pending = new Map<string, PendingRestart>();
  readonly #snapshot: PodSnapshot;
  readonly #nowMs: number;

  constructor(snapshot: PodSnapshot, nowMs: number) {
    this.#snapshot = snapshot;
    this.#nowMs = nowMs;
  }

  instance(container: PlannedContainer): InstanceSnapshot | undefined {
    return this.#snapshot.instances.get(container.name);
  }

  /** Whether a sidecar runs or has run: that opens the gate for what comes after it, for good. */
  begun(container: PlannedContainer): boolean {
    const instance = this.instance(container);
    if (instance === undefined) return false;
    const { phase, intent } = instance;
    if (phase.type === "running" && awaitsPostStart(container, instance)) return false;
    const ran = (termination: ContainerTermination | undefined) => termination?.startedAt !== undefined;
    return (
      phase.type === "running" || (phase.type === "ended" && ran(phase.termination)) || ran(intent.previous)
    );
  }

  /** Starts what should run one after another: the next is not started before the postStart hook of the one before is through. */
  settleInOrder(containers: readonly PlannedContainer[]): "open" | "done" {
    let open = false;
    let held = false;
    for (const container of containers) {
      if (held && this.instance(container) === undefined) {
        open = true;
        continue;
      }
      if (this.settle(container) === "open") open = true;
      held ||= awaitsPostStart(container, this.instance(container));
    }
    return open ? "open" : "done";
  }

  /** The postStart hook of a running container: begins it, and stops the container where it failed. */
  #followPostStart(container: PlannedContainer, instance: InstanceSnapshot): void {
    if (container.postStart === undefined) return;
    const { number, postStart } = instance;
    if (postStart === undefined) this.#hooks.push({ container, number, hook: "postStart" });
    if (postStart?.type !== "failed") return;
    const graceMs = this.#snapshot.pod.plan.terminationGracePeriodSeconds * 1000;
    const stop = stopOne(container, instance, this.#nowMs, postStart.failedAtMs + graceMs);
    this.#stops.push(...stop.stops);
    this.#hooks.push(...stop.hooks);
    if (stop.wakeAtMs !== undefined) this.#wakes.push(stop.wakeAtMs);
  }

  /** Sees to it that the container runs if it should. `done`: it has ended for good. */
  settle(container: PlannedContainer): "open" | "done" {
    const instance = this.instance(container);
    if (instance === undefined) {
      this.#starts.push({ container, number: 0, resumed: false });
      return "open";
    }
    const { phase } = instance;
    if (phase.type === "planned") {
      // The intent stands, nobody claimed it: starting its watcher again is harmless.
      this.#starts.push({ container, number: instance.number, resumed: true });
      return "open";
    }
    if (phase.type === "running") this.#followPostStart(container, instance);
    if (phase.type !== "ended") return "open";
    if (!restarts(container, phase.termination.exitCode, phase.lost)) return "done";
    // Remembered over restarts of the provider, so by the time of day; how long is waited is another matter.
    const finishedAt = Date.parse(phase.termination.finishedAt ?? "");
    const { state, delayMs } = nextBackoff(instance.intent.backoff, finishedAt);
    const dueAtMs = phase.finishedAtMs + delayMs;
    if (dueAtMs <= this.#nowMs) {
      this.#starts.push({
        container,
        number: instance.number + 1,
        resumed: false,
        backoff: state,
        previous: phase.termination,
      });
    } else {
      this.#pending.set(container.name, { dueAtMs, delayMs });
    }
    return "open";
  }

  /** When the pod's grace runs out, counted from the end of the last of `containers`. */
  graceFrom(containers: readonly PlannedContainer[]): number {
    const ends = containers.flatMap((container) => {
      const phase = this.instance(container)?.phase;
      return phase?.type === "ended" ? [phase.finishedAtMs] : [];
    });
    return Math.max(...ends) + this.#snapshot.pod.plan.terminationGracePeriodSeconds * 1000;
  }

  decision(): Decision {
    const due = [...this.#wakes, ...[...this.#pending.values()].map(({ dueAtMs }) => dueAtMs)];
    return {
      starts: this.#starts,
      stops: this.#stops,
      hooks: this.#hooks,
      pending: this.#pending,
      ...(due.length === 0 ? {} : { wakeAtMs: Math.min(...due) }),
      ended: false,
    };
  }
}
