import { after, type EmulatorClock } from "../clock.ts";
import { LaunchError } from "../processes/process-table.ts";
import type { ContainerLauncher } from "./container-launcher.ts";
import type { ContainerPlan } from "./container-plan.ts";
import { ContainerRun } from "./container-run.ts";
import { watchHealth } from "./health-check.ts";

/** Why a task stops, in ECS's words (API reference, Task: stopCode and stoppedReason). */
export interface StopCause {
  readonly code: "TaskFailedToStart" | "EssentialContainerExited" | "UserInitiated";
  readonly reason: string;
}

/**
 * The containers of one task as processes: their order, restarts, health and end. Reports every change; what the
 * changes mean for a task or job is decided by its owner.
 */
export class TaskRun {
  readonly containers: readonly ContainerRun[];
  /** Set once the task has begun to stop. */
  stopCause: StopCause | undefined;
  /** Resolves when {@link stopCause} is set. */
  readonly stopping: Promise<void>;
  /** Resolves when no container runs any more and none will. */
  readonly ended: Promise<void>;
  readonly #launcher: ContainerLauncher;
  readonly #clock: EmulatorClock;
  readonly #changed: () => void;
  #resolveStopping: () => void = () => undefined;
  #resolveEnded: () => void = () => undefined;

  constructor(
    plans: readonly ContainerPlan[],
    launcher: ContainerLauncher,
    clock: EmulatorClock,
    changed: () => void,
  ) {
    this.containers = plans.map((plan) => new ContainerRun(plan));
    this.#launcher = launcher;
    this.#clock = clock;
    this.#changed = changed;
    this.stopping = new Promise((resolve) => {
      this.#resolveStopping = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  /** Whether every container has at least been started; a task is as far as its slowest container. */
  get allStarted(): boolean {
    return this.containers.every(({ status }) => status !== "PENDING");
  }

  /** Starts what depends on nothing; the rest follows. To be called once; nothing happens after {@link stop}. */
  start(): void {
    if (this.stopCause) return;
    const failed = this.containers.flatMap((container) => {
      const error = this.#launcher.prepare(container.plan);
      return error === undefined ? [] : [{ container, error }];
    });
    for (const { container, error } of failed) container.reason = error;
    const [first] = failed;
    // Developer guide, "Stopped task error messages": an image or log group that cannot be had stops the whole task.
    if (first) this.stop({ code: "TaskFailedToStart", reason: first.error });
    else this.#advance();
  }

  /** Stops every container, dependants before what they depend on. The first cause stays. */
  stop(cause: StopCause): void {
    if (this.stopCause) return;
    this.stopCause = cause;
    this.#resolveStopping();
    for (const container of this.containers) {
      if (container.status === "PENDING") container.stopped(undefined);
    }
    this.#stopRunning();
    this.#changed();
    this.#endIfDone();
  }

  #advance(): void {
    let moved = true;
    while (moved && !this.stopCause) {
      moved = false;
      for (const container of this.containers) {
        if (container.status === "PENDING" && !this.stopCause && this.#tryStart(container)) moved = true;
      }
    }
    this.#changed();
    this.#endIfDone();
  }

  /** Answers whether the container's status changed. */
  #tryStart(container: ContainerRun): boolean {
    const verdicts = container.plan.dependsOn.map(({ containerName, condition }) => {
      const dependency = this.containers.find(({ plan }) => plan.name === containerName);
      return { dependency, condition, verdict: dependency?.verdict(condition) ?? "never" };
    });
    const broken = verdicts.find(({ verdict }) => verdict === "never");
    if (broken) {
      // ECS agent, dependency graph: a dependency that can no longer be met is terminal for the dependant.
      const name = broken.dependency?.plan.name ?? "";
      container.stopped(undefined, `dependency ${name} did not reach ${broken.condition}`);
      const timedOut = broken.dependency?.startTimedOut ?? false;
      if (container.plan.essential || timedOut) {
        this.stop({ code: "TaskFailedToStart", reason: "Task failed to start" });
      }
      return true;
    }
    if (verdicts.some(({ verdict }) => verdict === "wait")) return false;
    this.#launch(container);
    return true;
  }

  #launch(container: ContainerRun): void {
    try {
      const process = this.#launcher.launch(container.plan);
      container.started(process, this.#clock.now());
      process.exited.then((code) => this.#exited(container, code));
    } catch (error) {
      if (!(error instanceof LaunchError)) throw error;
      const text = `CannotStartContainerError: Error response from daemon: ${error.message}`;
      container.stopped(undefined, text);
      if (container.plan.essential) this.stop({ code: "TaskFailedToStart", reason: text });
      return;
    }
    this.#watch(container);
  }

  #watch(container: ContainerRun): void {
    const { healthCheck, startTimeout } = container.plan;
    const { signal } = container.timers;
    if (healthCheck) {
      const probe = (command: readonly string[], bound: AbortSignal) =>
        this.#launcher.probe(container.plan, command, bound);
      const report = (health: "HEALTHY" | "UNHEALTHY") => {
        container.health = health;
        this.#advance();
      };
      void watchHealth(healthCheck, this.#clock, probe, report, signal);
    }
    if (startTimeout !== undefined && container.starts === 1) {
      // API reference, ContainerDefinition startTimeout: dependants give up, and the task stops.
      after(this.#clock, startTimeout, () => {
        container.startTimedOut = true;
        this.#advance();
      });
    }
  }

  #exited(container: ContainerRun, code: number): void {
    const ran = this.#clock.now() - container.startedAt;
    const { restart, essential } = container.plan;
    container.stopped(code);
    // API reference, ContainerRestartPolicy: not before restartAttemptPeriod has passed, and not for ignored codes.
    if (restart && !this.stopCause && ran >= restart.period && !restart.ignoredExitCodes.includes(code)) {
      this.#launch(container);
      this.#advance();
      return;
    }
    if (this.stopCause) this.#stopRunning();
    else if (essential) {
      this.stop({ code: "EssentialContainerExited", reason: "Essential container in task exited" });
      return;
    }
    this.#advance();
  }

  /** Developer guide, "Container dependency": at the end the order is the reverse of that of the start. */
  #stopRunning(): void {
    for (const container of this.containers) {
      if (container.status !== "RUNNING" || container.signalled) continue;
      const needed = this.containers.some(
        (other) =>
          other.status === "RUNNING" &&
          other.plan.dependsOn.some(({ containerName }) => containerName === container.plan.name),
      );
      if (needed) continue;
      container.signalled = true;
      const { process } = container;
      process?.signal("SIGTERM");
      const kill = after(this.#clock, container.plan.stopTimeout, () => process?.signal("SIGKILL"));
      container.timers.signal.addEventListener("abort", () => kill.cancel(), { once: true });
    }
  }

  #endIfDone(): void {
    if (this.stopCause && this.containers.every(({ status }) => status === "STOPPED")) this.#resolveEnded();
  }
}
