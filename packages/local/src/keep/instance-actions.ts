import { join } from "node:path";
import type { Clock, Logger } from "@vkubelet/core";
import { signalGroup } from "../machine/process-identity.ts";
import type { MachineTools } from "../machine/tools.ts";
import { createInstance } from "../state/create-instance.ts";
import { writeAtomically, writeIfAbsent } from "../state/files.ts";
import { layout } from "../state/layout.ts";
import { mountMemoryVolumes } from "../state/memory-volumes.ts";
import { readSnapshot } from "../state/pod-directory.ts";
import { cancelledClaim } from "../state/read-instance.ts";
import type { PodFile } from "../state/snapshot.ts";
import { spawnSupervisor } from "../supervise/spawn-supervisor.ts";
import type { StartAction } from "./decide.ts";
import type { StopAction } from "./stop.ts";

export interface InstanceActionsOptions {
  readonly pod: PodFile;
  readonly podDirectory: string;
  /** Path of the watcher's script. */
  readonly supervisor: string;
  readonly tools: MachineTools;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** A watcher ended: look. */
  onEnd(): void;
}

const retryMs = 1000;

/** Starts and stops instances of a pod's containers. */
export class InstanceActions {
  readonly #options: InstanceActionsOptions;
  /** Instances whose watcher this process has started and not seen ending. */
  readonly #supervised = new Set<string>();

  constructor(options: InstanceActionsOptions) {
    this.#options = options;
  }

  /** Starts an instance; false when its watcher runs already. */
  async start(start: StartAction): Promise<boolean> {
    const { pod, podDirectory, tools, logger, supervisor } = this.#options;
    const { container } = start;
    const directory = layout.instance(podDirectory, container.name, start.number);
    if (this.#supervised.has(directory)) return false;
    await mountMemoryVolumes(podDirectory, pod.plan, tools);
    if (!start.resumed) await createInstance(podDirectory, pod, start, tools);
    this.#supervised.add(directory);
    spawnSupervisor({
      tools,
      container,
      supervisor,
      instanceDirectory: directory,
      onEnd: (failure) => {
        if (failure === undefined) {
          this.#supervised.delete(directory);
          this.#options.onEnd();
          return;
        }
        logger.error("a container's watcher failed", {
          pod: pod.ref.uid,
          container: container.name,
          failure,
        });
        this.#releaseLater(directory);
      },
    });
    return true;
  }

  /** Lets a failed watcher be tried again, though not at once. */
  #releaseLater(directory: string): void {
    this.#options.clock.sleep(retryMs, this.#options.signal).then(
      () => {
        this.#supervised.delete(directory);
        this.#options.onEnd();
      },
      // Closed meanwhile: whoever comes next starts it.
      () => this.#supervised.delete(directory),
    );
  }

  async stop({ container, number, action }: StopAction): Promise<void> {
    const { pod, podDirectory, tools, clock } = this.#options;
    const directory = layout.instance(podDirectory, container.name, number);
    if (action === "cancel") {
      await writeIfAbsent(join(directory, "claim"), cancelledClaim);
      return;
    }
    if (action === "terminate") {
      await writeAtomically(join(directory, "stopping"), String(clock.now()));
    }
    const snapshot = await readSnapshot(podDirectory, pod, tools);
    const instance = snapshot.instances.get(container.name);
    if (instance?.number !== number) return;
    const { phase } = instance;
    // While it starts, the watcher and what is to become the program are one process group.
    if (phase.type === "starting" && action === "kill") await signalGroup(phase.watcher, "SIGKILL", tools);
    if (phase.type !== "running") return;
    await signalGroup(
      phase.identity,
      action === "kill" ? "SIGKILL" : (container.stopSignal ?? "SIGTERM"),
      tools,
    );
  }
}
