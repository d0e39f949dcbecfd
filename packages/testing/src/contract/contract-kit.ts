import {
  type ByteSink,
  type ContainerObservedState,
  type ContainerTermination,
  formatPodRef,
  isProviderError,
  type LogLine,
  type LogOptions,
  type PodObservation,
  type PodRef,
  type ProviderError,
  type ResolvedPod,
} from "@vkubelet/core";
import { ContractCalls } from "./contract-calls.ts";
import type { ContractPodOptions } from "./contract-pods.ts";
import { ContractViolation, check, shown } from "./contract-violation.ts";
import type { WorkloadContainer } from "./provider-under-test.ts";

/** What a case works with: pods to create, calls with a limit, waits for what is observed. */
export class ContractKit extends ContractCalls {
  /** What the latest listing says of the pod; undefined when it is not there. */
  async look({ uid }: PodRef): Promise<PodObservation | undefined> {
    return (await this.list()).find(({ ref }) => ref.uid === uid);
  }

  /** The first observation of a listing that `accept` takes. */
  async until(
    ref: PodRef,
    what: string,
    accept: (observation: PodObservation) => boolean,
  ): Promise<PodObservation> {
    const seen = await this.#listUntil(
      ref,
      what,
      (observation) => observation !== undefined && accept(observation),
    );
    check(seen !== undefined, `${formatPodRef(ref)} is not listed`);
    return seen;
  }

  /** The pod while all its containers run. */
  running({ ref, containers }: ResolvedPod): Promise<PodObservation> {
    return this.until(ref, "all its containers run", (seen) =>
      containers.every(({ name }) => stateOf(seen, name)?.type === "running"),
    );
  }

  ended({ ref }: ResolvedPod): Promise<PodObservation> {
    return this.until(ref, "it has ended", ({ state }) => state === "ended");
  }

  /** The end of a pod that was seen before: an observation of it, or undefined where the pod is gone for good. */
  async endOrAbsence({ ref }: ResolvedPod): Promise<PodObservation | undefined> {
    let missingSince: number | undefined;
    return await this.#listUntil(ref, "it has ended or is gone", (observation) => {
      const now = this.host.clock.now();
      if (observation === undefined) missingSince ??= now;
      else missingSince = undefined;
      if (missingSince !== undefined) return now - missingSince >= this.provider.traits.absenceGraceMs;
      return observation?.state === "ended";
    });
  }

  /** A pod whose program runs until it is stopped, running. */
  async startRunning(options: ContractPodOptions = {}): Promise<ResolvedPod> {
    const pod = this.pod(this.subject.workloads.runs(), options);
    await this.create(pod);
    await this.running(pod);
    return pod;
  }

  /** A running pod of a workload that prints `ready`, after it did so where its output can be read. */
  async startReady(container: WorkloadContainer, options: ContractPodOptions = {}): Promise<ResolvedPod> {
    const pod = this.pod(container, options);
    await this.create(pod);
    await this.running(pod);
    if (this.provider.logs !== undefined) await this.printed(pod, 1);
    return pod;
  }

  /** A pod that has ended with the code. */
  async startEnded(
    code: number,
    lines: readonly string[] = [],
    options: ContractPodOptions = {},
  ): Promise<ResolvedPod> {
    const pod = this.pod(this.workload("exits")(code, lines), options);
    await this.create(pod);
    await this.ended(pod);
    return pod;
  }

  /** The lines of a container, read to the end of the stream. */
  async lines(
    { ref }: ResolvedPod,
    options: Partial<LogOptions> & { readonly container?: string; readonly signal?: AbortSignal } = {},
  ): Promise<readonly string[]> {
    const read = async () => {
      const lines: string[] = [];
      for await (const { bytes } of this.logs(ref, options)) lines.push(new TextDecoder().decode(bytes));
      return lines;
    };
    return await this.host.boundedFor(ref, "reading logs", read());
  }

  logs(
    ref: PodRef,
    options: Partial<LogOptions> & { readonly container?: string; readonly signal?: AbortSignal } = {},
  ): AsyncIterable<LogLine> {
    const { container = "main", signal, ...rest } = options;
    const { logs } = this.provider;
    if (logs === undefined) throw new Error("the case did not say that it needs logs");
    const wanted = { follow: false, previous: false, ...rest };
    return logs.call(this.provider, { ...ref, container }, wanted, this.host.pod(ref, signal));
  }

  /** Runs a command in a container and gathers what it writes. */
  async exec(ref: PodRef, command: readonly string[], options: ExecOptions = {}): Promise<ExecOutcome> {
    const { container = "main", signal, stdin, stdout } = options;
    const { exec } = this.provider;
    if (exec === undefined) throw new Error("the case did not say that it needs exec");
    const [output, errors] = [new GatheringSink(), new GatheringSink()];
    const streams = {
      ...(stdin === undefined ? {} : { stdin: encoded(stdin) }),
      stdout: stdout ?? output,
      stderr: errors,
    };
    const running = exec.call(
      this.provider,
      { ...ref, container },
      command,
      streams,
      this.host.pod(ref, signal),
    );
    const { exitCode } = await this.host.boundedFor(ref, "exec", running);
    return { stdout: output.text, stderr: errors.text, exitCode };
  }

  /** Waits until at least so many lines can be read. */
  async printed(pod: ResolvedPod, count: number): Promise<readonly string[]> {
    return await this.poll(`${count} lines of ${formatPodRef(pod.ref)}`, async () => {
      const lines = await this.lines(pod).catch((error: unknown) => {
        // Output may come after its container: until then there is nothing to read.
        if (isProviderError(error) && error.code === "NotFound") return [];
        throw error;
      });
      return lines.length >= count ? { found: lines } : { seen: lines };
    });
  }

  /**
   * Checks how often the pod was started, where the author counts at the backend. A program that is observed as running
   * may not have come to its first command yet, where it is counted: fewer starts are waited for.
   */
  async checkRuns({ ref }: ResolvedPod, expected: number, after: string): Promise<void> {
    if (this.subject.runsOf === undefined) return;
    const runs = await this.poll(`${expected} starts of ${formatPodRef(ref)} after ${after}`, async () => {
      const seen = (await this.subject.runsOf?.(ref.uid)) ?? 0;
      return seen >= expected ? { found: seen } : { seen };
    });
    check(
      runs === expected,
      `${formatPodRef(ref)} was started ${runs} times, not ${expected}, after ${after}`,
    );
  }

  /** The error with which a call fails; the call must not succeed. */
  failure(what: string, call: Promise<unknown>): Promise<unknown> {
    const failure = this.#failureOf(what, call);
    // Where a case fails before it waits for this, nobody hears of it.
    failure.catch(() => {});
    return failure;
  }

  async #failureOf(what: string, call: Promise<unknown>): Promise<unknown> {
    const outcome = await this.host.bounded(
      call.then(
        () => ({ failed: false as const }),
        (error: unknown) => ({ failed: true as const, error }),
      ),
      what,
    );
    if (!outcome.failed) throw new ContractViolation(`${what} succeeded`);
    if (outcome.error instanceof ContractViolation) throw outcome.error;
    return outcome.error;
  }

  /** The ProviderError with which a call fails, and which has this code. */
  async failsAs(code: ProviderError["code"], what: string, call: Promise<unknown>): Promise<ProviderError> {
    const error = await this.failure(what, call);
    check(isProviderError(error), `${what} failed with something that is no ProviderError`, error);
    check(error.code === code, `${what} failed as ${error.code}, not as ${code}`, error);
    return error;
  }

  /** Looks again and again, at intervals of the clock, until something is found. */
  async poll<T>(what: string, look: () => Promise<{ found: T } | { seen: unknown }>): Promise<T> {
    const { clock, limitMs } = this.host;
    const deadline = clock.now() + limitMs;
    for (;;) {
      const result = await look();
      if ("found" in result) return result.found;
      if (clock.now() > deadline) {
        throw new ContractViolation(
          `${what}: not seen within ${limitMs / 1_000} s; last: ${shown(result.seen)}`,
        );
      }
      await clock.sleep(this.pollIntervalMs);
    }
  }

  /** Ends what the case left: calls, streams, pods. What fails here is for the cases of deletion to find. */
  async tidy(): Promise<void> {
    const refs = [...this.created.values()];
    await Promise.allSettled(refs.map((ref) => this.delete(ref)));
    // Whether the provider can delete and list is said by the cases; here it has only to be given its time.
    if (refs.length > 0) await this.#allEnded().catch(() => {});
    this.host.end();
  }

  /** Waits for the end of what the case created: afterwards nobody knows of it. */
  async #allEnded(): Promise<void> {
    await this.poll("the end of what the case created", async () => {
      const listed = await this.list();
      const active = listed.filter(({ ref, state }) => this.created.has(ref.uid) && state !== "ended");
      return active.length === 0 ? { found: active } : { seen: active };
    });
  }

  #listUntil(
    ref: PodRef,
    what: string,
    accept: (observation: PodObservation | undefined) => boolean,
  ): Promise<PodObservation | undefined> {
    return this.poll(`${formatPodRef(ref)}: ${what}`, async () => {
      const seen = await this.look(ref);
      return accept(seen) ? { found: seen } : { seen: seen ?? "not listed" };
    });
  }
}

/** How {@link ContractKit.exec} runs a command. */
export interface ExecOptions {
  /** Default: `main`. */
  readonly container?: string;
  /** The input, piece by piece; without it the command gets none. */
  readonly stdin?: readonly string[];
  /** Where the output goes, in place of the outcome. */
  readonly stdout?: ByteSink;
  readonly signal?: AbortSignal;
}

/** What a command did. */
export interface ExecOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

class GatheringSink implements ByteSink {
  readonly #decoder = new TextDecoder();
  text = "";

  async write(bytes: Uint8Array): Promise<void> {
    this.text += this.#decoder.decode(bytes, { stream: true });
  }
}

async function* encoded(texts: readonly string[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const text of texts) yield encoder.encode(text);
}

/** The state of one container in an observation. */
export function stateOf(observation: PodObservation, name = "main"): ContainerObservedState | undefined {
  return observation.containers.find((container) => container.name === name)?.state;
}

/** How a container ended, or undefined when it did not. */
export function terminationOf(observation: PodObservation, name = "main"): ContainerTermination | undefined {
  const state = stateOf(observation, name);
  return state?.type === "terminated" ? state : undefined;
}
