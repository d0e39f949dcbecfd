import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { AwslogsDriver } from "../logs/awslogs-driver.ts";
import {
  type Launch,
  LaunchError,
  type ProcessTable,
  type RunningProcess,
} from "../processes/process-table.ts";
import type { ContainerPlan, MountPlan } from "./container-plan.ts";
import { type Images, resolveCommand } from "./images.ts";
import { processUser } from "./process-user.ts";

/** What all tasks of an emulator share. */
export interface Machine {
  readonly processes: ProcessTable;
  readonly images: Images;
  readonly awslogs: AwslogsDriver;
  /** What stands in Secrets Manager and Parameter Store, by what `valueFrom` says. */
  readonly secrets: (valueFrom: string) => string | undefined;
  /** Directory that holds what tasks write. */
  readonly directory: string;
}

/** Starts the containers of one task. */
export class ContainerLauncher {
  readonly #machine: Machine;
  readonly #directory: string;
  #launches = 0;

  /** `taskId` names the task's directory: volumes, and a working directory for each container. */
  constructor(machine: Machine, taskId: string) {
    this.#machine = machine;
    this.#directory = join(machine.directory, "tasks", taskId);
  }

  /** Why the container cannot be started, known before any process runs. */
  prepare(plan: ContainerPlan): string | undefined {
    const resolved = resolveCommand(this.#machine.images, plan);
    if ("pullError" in resolved) return resolved.pullError;
    return this.#missing(plan) ?? (plan.log && this.#machine.awslogs.prepare(plan.log));
  }

  /** Developer guide, "Stopped task error messages": secrets and file systems that cannot be had. */
  #missing(plan: ContainerPlan): string | undefined {
    const secret = plan.secrets.find(({ valueFrom }) => this.#machine.secrets(valueFrom) === undefined);
    if (secret) {
      return `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: ${secret.valueFrom}`;
    }
    const absent = plan.mounts.find((mount) => !isDirectory(this.#sourceOf(mount)));
    return (
      absent &&
      `ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: ${absent.fileSystem?.id}:${absent.fileSystem?.directory}: No such file or directory`
    );
  }

  /** The directory behind a mount, made where it belongs to the task or is the root of a file system. */
  #sourceOf({ volume, fileSystem }: MountPlan): string {
    if (!fileSystem) {
      const own = join(this.#directory, "volumes", volume);
      mkdirSync(own, { recursive: true });
      return own;
    }
    const { id, accessPoint, directory } = fileSystem;
    const root = join(this.#machine.directory, "file-systems", id, accessPoint ?? "root");
    mkdirSync(root, { recursive: true });
    return join(root, directory);
  }

  /** Throws {@link LaunchError}. */
  launch(plan: ContainerPlan): RunningProcess {
    const resolved = resolveCommand(this.#machine.images, plan);
    if ("pullError" in resolved) throw new LaunchError(resolved.pullError);
    const sink = plan.log && this.#machine.awslogs.open(plan.log);
    const process = this.#machine.processes.launch({
      ...this.#place(plan),
      argv: resolved.argv,
      onOutput: (chunk) => sink?.write(chunk),
    });
    const exited = process.exited.then((code) => {
      sink?.end();
      return code;
    });
    return { signal: process.signal, exited };
  }

  /** Runs a command as the container would; whether it ended with 0 before `bound` aborted. */
  async probe(plan: ContainerPlan, command: readonly string[], bound: AbortSignal): Promise<boolean> {
    try {
      const process = this.#machine.processes.launch({
        ...this.#place(plan),
        argv: command,
        onOutput: () => undefined,
      });
      const kill = () => process.signal("SIGKILL");
      if (bound.aborted) kill();
      bound.addEventListener("abort", kill, { once: true });
      const code = await process.exited;
      bound.removeEventListener("abort", kill);
      return code === 0 && !bound.aborted;
    } catch (error) {
      // A command that is not there is a failed look, as in a container.
      if (error instanceof LaunchError) return false;
      throw error;
    }
  }

  #place(plan: ContainerPlan): Omit<Launch, "argv" | "onOutput"> {
    this.#machine.processes.assertOpen();
    const own = join(this.#directory, "containers", plan.name);
    const scratch = join(this.#directory, "namespaces", String(this.#launches++));
    mkdirSync(own, { recursive: true });
    mkdirSync(scratch, { recursive: true });
    const user = plan.user === undefined ? undefined : processUser(plan.user);
    const secrets = plan.secrets.map(({ name, valueFrom }) => [name, this.#machine.secrets(valueFrom) ?? ""]);
    return {
      environment: { ...plan.environment, ...Object.fromEntries(secrets) },
      directory: plan.workingDirectory ?? own,
      scratch,
      ...(user ? { user } : {}),
      mounts: this.#mounts(plan),
    };
  }

  #mounts(plan: ContainerPlan): Launch["mounts"] {
    if (plan.mounts.length > 0 && (process.platform !== "linux" || process.getuid?.() !== 0)) {
      throw new LaunchError(
        "mount points need root and Linux on the emulator's machine: a volume cannot be shown at a path of the container's own",
      );
    }
    return plan.mounts.map((mount) => ({
      source: this.#sourceOf(mount),
      target: mount.path,
      readOnly: mount.readOnly,
    }));
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
