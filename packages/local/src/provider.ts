import { access, constants, mkdir, realpath } from "node:fs/promises";
import {
  type CallContext,
  type ContainerRef,
  contractVersion,
  type DeletePodOptions,
  type ExecResult,
  formatPodRef,
  type LogLine,
  type LogOptions,
  type NodeDescription,
  type NodeUsage,
  type PodContext,
  type PodObservation,
  type PodRef,
  type PortConnection,
  type Provider,
  ProviderError,
  type ProviderHealth,
  type ProviderTraits,
  type ResolvedPod,
  type SessionStreams,
} from "@vkubelet/core";
import { acceptTranslation, requestsOf } from "@vkubelet/pod";
import { type KeeperServices, PodKeeper } from "./keep/pod-keeper.ts";
import { readLogs } from "./logs/read-logs.ts";
import { findHoleMaker } from "./logs/trim-logs.ts";
import { findCgroups, removeCgroups } from "./machine/cgroups.ts";
import { describeMachine, hasProcfs, probeHost } from "./machine/host.ts";
import { prepareRoots } from "./machine/roots.ts";
import { findTools, type MachineTools } from "./machine/tools.ts";
import { Observations } from "./observations.ts";
import { type LocalProviderOptions, parseLocalProviderOptions } from "./options.ts";
import { forwardPort } from "./sessions/forward-port.ts";
import { runCommand } from "./sessions/run-command.ts";
import { findRunning } from "./sessions/running-container.ts";
import { writeAtomically } from "./state/files.ts";
import { layout } from "./state/layout.ts";
import { unmountVolumes } from "./state/memory-volumes.ts";
import { acceptedPods, acceptPod, checkUid, readPodFile, removePod } from "./state/pod-directory.ts";
import { updateVolumes } from "./state/volumes.ts";
import { supervisorScript } from "./supervise/supervisor-script.ts";
import type { LocalHost, ProcessPlan } from "./translate/process-plan.ts";
import { localTranslator } from "./translate/translate-pod.ts";
import { readMachineUsage } from "./usage/machine-usage.ts";
import { readProcessTable } from "./usage/process-table.ts";
import { usageOfPods } from "./usage/sum-processes.ts";

interface Opened {
  /** Real path of the option `directory`. */
  readonly directory: string;
  readonly host: LocalHost;
  readonly services: KeeperServices;
  readonly keepers: Map<string, PodKeeper>;
  /** First looks of keepers, as long as they last. */
  readonly starting: Set<Promise<void>>;
}

/**
 * A provider that runs pods as processes of this machine. The first call opens the directory and adopts what runs
 * there. One provider at a time should use a directory; two would not run a container twice, but would both write
 * the times of its output.
 * Throws `InvalidInput` that names every wrong option.
 */
export function createLocalProvider(options: LocalProviderOptions): Provider & AsyncDisposable {
  return new LocalProvider(parseLocalProviderOptions(options));
}

class LocalProvider implements Provider {
  readonly contractVersion = contractVersion;
  readonly name = "local";
  readonly traits: ProviderTraits = { restarts: "provider", absenceGraceMs: 0, runsImages: false };
  readonly #options: LocalProviderOptions;
  readonly #observations = new Observations();
  #opening: Promise<Opened> | undefined;
  #closed = false;

  constructor(options: LocalProviderOptions) {
    this.#options = options;
  }

  async describeNode(context: CallContext): Promise<NodeDescription> {
    const { directory, host } = await this.#open(context);
    return describeMachine(host, directory, this.#options.capacity);
  }

  /** Keeps `context.notify`: that a lifecycle hook failed is told when it happens. */
  async createPod(pod: ResolvedPod, context: PodContext): Promise<void> {
    checkUid(pod.ref);
    const opened = await this.#open(context);
    const { directory, host, keepers, services } = opened;
    const known = keepers.get(pod.ref.uid);
    known?.tell((notice) => context.notify(notice));
    if (known !== undefined) return;
    const plan = acceptTranslation(localTranslator.translate(pod, host), "local", context);
    context.signal.throwIfAborted();
    await acceptPod(directory, pod, plan, services.clock.now());
    const file = await readPodFile(layout.pod(directory, pod.ref.uid));
    if (file === undefined) {
      throw new ProviderError("Internal", `pod ${formatPodRef(pod.ref)} vanished while it was accepted`);
    }
    const keeper = new PodKeeper(file, services);
    keeper.tell((notice) => context.notify(notice));
    await this.#keep(keeper, opened);
  }

  async deletePod(ref: PodRef, options: DeletePodOptions, context: PodContext): Promise<void> {
    const { keepers } = await this.#open(context);
    await keepers.get(ref.uid)?.delete(options.gracePeriodSeconds);
  }

  /**
   * Carries changed files of ConfigMaps, Secrets, tokens and the downward API to a pod; mounts with a subPath keep what
   * they have until their container starts again, and environments keep it for good. A changed image is `Unsupported`.
   */
  async updatePod(pod: ResolvedPod, context: PodContext): Promise<void> {
    const { keepers, host, services } = await this.#open(context);
    const keeper = keepers.get(pod.ref.uid);
    const failed = `update of ${formatPodRef(pod.ref)} failed`;
    if (keeper === undefined || keeper.observation?.state === "ended") {
      throw new ProviderError("NotFound", `${failed}: nothing of it runs here`);
    }
    const plan = requestsOf(localTranslator.translate(pod, host), "local");
    const changed = changedImage(keeper.pod.plan, plan);
    if (changed !== undefined) {
      throw new ProviderError(
        "Unsupported",
        `${failed}: container ${changed} has another image, and its program would have to start again; create the pod anew`,
        { reason: "LocalImageImmutable" },
      );
    }
    await updateVolumes(keeper.podDirectory, pod, keeper.pod.plan, services.clock.now());
  }

  async listPods(context: CallContext): Promise<readonly PodObservation[]> {
    const opened = await this.#open(context);
    await allStarted(opened);
    return known(opened);
  }

  async *watchPods(context: CallContext): AsyncGenerator<PodObservation> {
    const opened = await this.#open(context);
    await allStarted(opened);
    yield* this.#observations.watch(() => known(opened), context.signal);
  }

  async releasePod(ref: PodRef, context: CallContext): Promise<void> {
    checkUid(ref);
    const { directory, keepers, services } = await this.#open(context);
    const keeper = keepers.get(ref.uid);
    if (keeper !== undefined && keeper.observation?.state !== "ended") {
      throw new ProviderError(
        "Conflict",
        `pod ${formatPodRef(ref)} cannot be released: it has not ended; delete it first`,
      );
    }
    keepers.delete(ref.uid);
    await keeper?.close();
    await unmountVolumes(layout.pod(directory, ref.uid), services.tools);
    const { cgroups } = services.tools;
    if (cgroups !== undefined) await removeCgroups(cgroups, `${ref.uid}_`);
    await removePod(directory, ref.uid);
  }

  async *logs(ref: ContainerRef, options: LogOptions, context: CallContext): AsyncGenerator<LogLine> {
    const keeper = await this.#keeper(ref, context);
    const number = keeper.logInstance(ref.container, options.previous);
    const directory = layout.instance(keeper.podDirectory, ref.container, number);
    yield* readLogs({
      directory,
      follow: options.follow,
      ...(options.tailLines === undefined ? {} : { tailLines: options.tailLines }),
      signal: context.signal,
      stamp: () => keeper.stamper.stamp(directory),
      ended: () => keeper.instanceEnded(ref.container, number),
      seen: () => keeper.news.count,
      wait: (seen) => keeper.news.wait(seen, context.signal),
    });
  }

  async exec(
    ref: ContainerRef,
    command: readonly string[],
    streams: SessionStreams,
    context: PodContext,
  ): Promise<ExecResult> {
    const { services } = await this.#open(context);
    const { pod, podDirectory } = await this.#keeper(ref, context);
    const container = await findRunning(ref, pod, podDirectory, services.tools);
    return runCommand(container, command, streams, services.tools, context.signal);
  }

  async forwardPort(
    ref: PodRef,
    port: number,
    connection: PortConnection,
    context: PodContext,
  ): Promise<void> {
    const { observation } = await this.#keeper(ref, context);
    if (observation?.state === "ended") {
      throw new ProviderError("NotFound", `pod ${formatPodRef(ref)} has ended`);
    }
    await forwardPort(port, connection, context.signal);
  }

  /** Without /proc, as on macOS, `Unsupported`. */
  async usage(context: CallContext): Promise<NodeUsage> {
    const { keepers, services } = await this.#open(context);
    if (!services.tools.procfs) {
      throw new ProviderError("Unsupported", "usage of pods cannot be measured: this machine has no /proc");
    }
    const at = services.clock.now();
    const [rows, total] = await Promise.all([readProcessTable(), readMachineUsage(at)]);
    const pods = [...keepers.values()].flatMap(({ pod, programs }) =>
      programs.length === 0 ? [] : [{ ref: pod.ref, startedAtMs: pod.createdAtMs, programs }],
    );
    return { pods: usageOfPods(pods, rows, at), total };
  }

  async checkHealth(context: CallContext): Promise<ProviderHealth> {
    try {
      await this.#open(context);
      await access(layout.pods(this.#options.directory), constants.R_OK | constants.W_OK);
      return { healthy: true };
    } catch (error) {
      context.signal.throwIfAborted();
      return { healthy: false, reason: "DirectoryUnusable", message: (error as Error).message };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#observations.close();
    const opened = await this.#opening?.catch(() => undefined);
    await Promise.all([...(opened?.keepers.values() ?? [])].map((keeper) => keeper.close()));
  }

  async #keeper(ref: PodRef, context: CallContext): Promise<PodKeeper> {
    const { keepers } = await this.#open(context);
    const keeper = keepers.get(ref.uid);
    if (keeper !== undefined) return keeper;
    throw new ProviderError("NotFound", `pod ${formatPodRef(ref)} is not known here`);
  }

  async #open(context: CallContext): Promise<Opened> {
    context.signal.throwIfAborted();
    if (this.#closed) throw new ProviderError("Unavailable", "the local provider is closed");
    this.#opening ??= this.#adopt(context);
    try {
      return await this.#opening;
    } catch (error) {
      // The next call tries again: the fault may have been mended.
      this.#opening = undefined;
      throw error;
    }
  }

  async #adopt({ clock, logger }: CallContext): Promise<Opened> {
    await mkdir(layout.pods(this.#options.directory), { recursive: true, mode: 0o700 });
    // Mounts name real paths.
    const directory = await realpath(this.#options.directory);
    const uids = await acceptedPods(directory);
    const cgroups = await findCgroups();
    const probed = await probeHost({ ...this.#options, cgroups });
    const found = findTools({
      namespace: probed.mounts === "namespace",
      hostname: probed.hostname === "own",
      users: probed.users === "any",
      procfs: await hasProcfs(),
      cgroups,
      fallocate: await findHoleMaker(directory),
    });
    const { host, tools } = await withRoots(directory, probed, found, uids.length === 0);
    // A running shell keeps the file it was started from: the new one gets the name only.
    await writeAtomically(layout.supervisor(directory), supervisorScript(tools));
    const services: KeeperServices = {
      directory,
      tools,
      clock: this.#options.clock ?? clock,
      logger,
      rescanMs: this.#options.rescanMs ?? 30_000,
      logs: {
        maxBytes: this.#options.logMaxBytes ?? 10 * 1024 * 1024,
        maxFiles: this.#options.logMaxFiles ?? 5,
      },
      onObservation: (observation) => this.#observations.push(observation),
    };
    const opened: Opened = { directory, host, services, keepers: new Map(), starting: new Set() };
    const adopt = async (uid: string) => {
      const file = await readPodFile(layout.pod(directory, uid));
      if (file !== undefined) await this.#keep(new PodKeeper(file, services), opened);
    };
    await Promise.all(uids.map(adopt));
    return opened;
  }

  async #keep(keeper: PodKeeper, { keepers, starting }: Opened): Promise<void> {
    keepers.set(keeper.pod.ref.uid, keeper);
    const started = keeper.start();
    starting.add(started);
    try {
      await started;
    } finally {
      starting.delete(started);
    }
  }
}

/** What the machine can do about images that are directories is looked at where there are any. */
async function withRoots(directory: string, host: LocalHost, tools: MachineTools, alone: boolean) {
  const wanted = Object.values(host.images ?? {}).some(({ root }) => root !== undefined);
  if (!wanted || host.mounts !== "namespace") return { host, tools };
  const roots = await prepareRoots(directory, tools, alone);
  return "refusal" in roots
    ? { host: { ...host, rootRefusal: roots.refusal }, tools }
    : { host, tools: roots.tools };
}

/** Name of a container whose image is not the one that it was started with. */
function changedImage(before: ProcessPlan, after: ProcessPlan): string | undefined {
  return before.containers.find(({ name, image }) =>
    after.containers.some((other) => other.name === name && other.image !== image),
  )?.name;
}

/** What is accepted at this moment has its first look still before it: a listing waits for that. */
async function allStarted({ starting }: Opened): Promise<void> {
  await Promise.allSettled(starting);
}

/** Complete or an error: a pod that could not be looked at must not seem gone. */
function known({ keepers }: Opened): readonly PodObservation[] {
  return [...keepers.values()].map(({ observation, pod }) => {
    if (observation !== undefined) return observation;
    throw new ProviderError("Unavailable", `pod ${formatPodRef(pod.ref)} could not be read from disk yet`);
  });
}
