import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Logger, PodNotice } from "@vkubelet/core";
import type { HookAction } from "@vkubelet/pod";
import { parseIdentity, signalGroup } from "../machine/process-identity.ts";
import { processOwner } from "../machine/process-owner.ts";
import type { MachineTools } from "../machine/tools.ts";
import { isMissing, isThere, readIfPresent, writeAtomically } from "../state/files.ts";
import { enterCommand } from "../supervise/enter-command.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { callHook } from "./http-hook.ts";

export interface HookRunnerOptions {
  readonly tools: MachineTools;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where requests without a host go. */
  readonly address: string;
  /** The keeper is closed: what runs goes on, and nobody waits for it. */
  readonly signal: AbortSignal;
  notify(notice: PodNotice): void;
  /** A hook has ended, and that stands on disk. */
  onEnd(): void;
}

export interface RunningHook {
  readonly container: PlannedContainer;
  readonly hook: "postStart" | "preStop";
  /** Directory of the instance that the hook is for. */
  readonly directory: string;
  readonly pid: number;
}

const markers = { postStart: "post-start", preStop: "pre-stop" } as const;
const reasons = { postStart: "FailedPostStartHook", preStop: "FailedPreStopHook" } as const;

/**
 * Runs the hooks of a pod's containers (pod-semantics G2, G9, G10). That a postStart hook begins, and how a hook ends,
 * is written beside the instance, so that none runs twice by a restart of the provider.
 */
export class HookRunner {
  readonly #options: HookRunnerOptions;
  readonly #running = new Map<string, { readonly directory: string; readonly cut: AbortController }>();

  constructor(options: HookRunnerOptions) {
    this.#options = options;
  }

  /** Starts a hook unless it runs already. */
  async start(running: RunningHook): Promise<void> {
    const marker = join(running.directory, markers[running.hook]);
    if (this.#running.has(marker)) return;
    const cut = new AbortController();
    this.#running.set(marker, { directory: running.directory, cut });
    if (running.hook === "postStart") await writeAtomically(marker, "begun");
    this.#finish(running, marker, cut.signal).catch((error: unknown) => {
      this.#options.logger.error("a hook's end could not be written down", {
        directory: running.directory,
        error: (error as Error).message,
      });
    });
  }

  /** Ends hooks of an instance that has ended and that a provider before this one began. */
  async endLeft(directory: string): Promise<void> {
    const { tools } = this.#options;
    for (const marker of Object.values(markers)) {
      const path = join(directory, `${marker}-process`);
      const file = await readIfPresent(path);
      const identity = file && parseIdentity(file.text);
      if (identity !== undefined) await signalGroup(identity, "SIGKILL", tools);
      if (file !== undefined) await rm(path, { force: true });
    }
  }

  /** Ends the hooks of an instance: it has ended, or they have used up its grace. */
  cut(directory: string): void {
    for (const hook of this.#running.values())
      if (hook.directory === directory) hook.cut.abort(new Error("cut off"));
  }

  async #finish(running: RunningHook, marker: string, cut: AbortSignal): Promise<void> {
    const { clock, logger, signal, notify, onEnd } = this.#options;
    const { container, hook } = running;
    let failure: string | undefined;
    try {
      const action = container[hook];
      if (action !== undefined) await this.#run(action, running, cut);
    } catch (error) {
      failure = (error as Error).message;
    }
    this.#running.delete(marker);
    if (signal.aborted) return;
    // A hook that was cut off is nobody's fault: its container has ended, or is about to.
    if (cut.aborted) failure = undefined;
    if (failure !== undefined) {
      // Why it failed stays here: the kubelet tells nobody, since output of a hook may hold secrets.
      logger.warn("a hook failed", { container: container.name, hook, failure });
      const name = hook === "postStart" ? "PostStartHook" : "PreStopHook";
      notify({
        type: "Warning",
        reason: reasons[hook],
        message: `${name} failed`,
        container: container.name,
      });
    }
    const failed = failure !== undefined && hook === "postStart";
    try {
      await writeAtomically(marker, failed ? `failed ${clock.now()}` : "done");
    } catch (error) {
      // Released meanwhile.
      if (!isMissing(error)) throw error;
    }
    onEnd();
  }

  async #run(action: HookAction, running: RunningHook, cut: AbortSignal): Promise<void> {
    const { clock, address } = this.#options;
    const signal = AbortSignal.any([cut, this.#options.signal]);
    switch (action.type) {
      case "exec":
        return this.#execute(action.command, running, cut);
      case "httpGet":
        return callHook(action, address, signal);
      case "sleep":
        return clock.sleep(action.seconds * 1000, signal);
      case "tcpSocket":
        throw new Error("a tcpSocket handler is not supported by hooks");
    }
  }

  async #execute(command: readonly string[], running: RunningHook, cut: AbortSignal): Promise<void> {
    const { container, directory, pid } = running;
    const { tools, signal } = this.#options;
    const owner =
      container.security === undefined
        ? {}
        : { owner: await processOwner(container.security, container.root?.path) };
    const mounted = await isThere(join(directory, "namespace"));
    const identityFile = join(directory, `${markers[running.hook]}-process`);
    const input = { container, command, tools, pid, identityFile, mounted, ...owner };
    const [program = "", ...words] = enterCommand(input);
    cut.throwIfAborted();
    const env = Object.fromEntries(container.environment.map(({ name, value }) => [name, value]));
    const child = spawn(program, words, { detached: true, stdio: "ignore", cwd: "/", env });
    child.unref();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    child.once("error", reject);
    child.once("exit", (code, killed) =>
      code === 0 ? resolve() : reject(new Error(`it ended with ${killed ?? `code ${code}`}`)),
    );
    const kill = () => killGroup(child.pid);
    cut.addEventListener("abort", kill, { once: true });
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise.finally(() => cut.removeEventListener("abort", kill));
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // It has just ended by itself.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
