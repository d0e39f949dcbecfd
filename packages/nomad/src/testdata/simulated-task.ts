import type { Clock } from "@vkubelet/core";
import type { Task } from "../translate/job-spec.ts";
import type { TaskEvent, TaskState } from "../wire.ts";

/** What a task's program does, as an argument of `inMemoryWorkloads` says it. */
interface Program {
  readonly prints?: readonly string[];
  readonly exitCode?: number;
  readonly onStop?: number | "ignore";
}

interface Surroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  changed(): void;
  started(): void;
}

/** One task of a simulated client: runs its program, again by its restart policy, until it is dead. */
export class SimulatedTask {
  readonly spec: Task;
  readonly #program: Program;
  readonly #restartsOnSuccess: boolean;
  readonly #around: Surroundings;
  #end: (code: number) => void = () => {};
  #stopped = false;
  state: TaskState = { State: "pending", Events: [] };
  output = "";

  constructor(spec: Task, isService: boolean, around: Surroundings) {
    this.spec = spec;
    this.#program = JSON.parse((spec.Config["args"] as readonly string[])[0] ?? "{}") as Program;
    this.#restartsOnSuccess = spec.Lifecycle === undefined ? isService : spec.Lifecycle.Sidecar;
    this.#around = around;
  }

  get over(): boolean {
    return this.state.State === "dead";
  }

  /** Whether tasks after it may start: an init task has succeeded, a sidecar runs. */
  get letsOthersStart(): boolean {
    if (this.spec.Lifecycle?.Sidecar === true) return this.state.State === "running";
    return this.over && this.state.Failed !== true;
  }

  async run(): Promise<void> {
    const { clock, signal } = this.#around;
    while (!this.#stopped) {
      const code = await this.#runOnce();
      if (this.#stopped) return this.#die(code, false);
      const { Mode, Delay } = this.spec.RestartPolicy;
      if (code === 0 && !this.#restartsOnSuccess) return this.#die(code, false);
      if (Mode === "fail") return this.#die(code, true);
      this.#note("Terminated", { exit_code: String(code), signal: "0" });
      this.#note("Restarting", {});
      this.#change({ State: "pending", Restarts: (this.state.Restarts ?? 0) + 1 });
      await clock.sleep(Delay / 1_000_000, signal);
    }
    if (!this.over) this.#change({ State: "dead", FinishedAt: this.#time() });
  }

  /** The stop signal, and the kill when its time is over. */
  stop(): void {
    if (this.#stopped || this.over) return;
    this.#stopped = true;
    if (this.state.State !== "running") return this.#change({ State: "dead", FinishedAt: this.#time() });
    const { onStop = 143 } = this.#program;
    if (onStop !== "ignore") return this.#end(onStop);
    const { clock, signal } = this.#around;
    clock.sleep(this.spec.KillTimeout / 1_000_000, signal).then(
      () => this.kill(),
      () => {},
    );
  }

  kill(): void {
    this.#end(137);
  }

  async #runOnce(): Promise<number> {
    const { clock, signal, started } = this.#around;
    const ended = new Promise<number>((resolve) => {
      this.#end = resolve;
    });
    started();
    for (const line of this.#program.prints ?? []) this.output += `${line}\n`;
    this.#note("Started", {});
    this.#change({ State: "running", StartedAt: this.#time() });
    const { exitCode } = this.#program;
    if (exitCode === undefined) return await ended;
    await clock.sleep(10, signal);
    return exitCode;
  }

  #die(code: number, failed: boolean): void {
    this.#note("Terminated", { exit_code: String(code), signal: "0" });
    this.#change({ State: "dead", Failed: failed, FinishedAt: this.#time() });
  }

  #note(Type: string, Details: Readonly<Record<string, string>>): void {
    const noted: TaskEvent = { Type, Time: this.#around.clock.now() * 1_000_000, Details, DisplayMessage: "" };
    this.state = { ...this.state, Events: [...(this.state.Events ?? []), noted].slice(-10) };
  }

  #change(change: Partial<TaskState>): void {
    this.state = { ...this.state, ...change };
    this.#around.changed();
  }

  #time(): string {
    return new Date(this.#around.clock.now()).toISOString();
  }
}
