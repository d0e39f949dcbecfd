import type { CallContext, PodObservation } from "@vkubelet/core";
import type { NomadClient } from "./client.ts";
import { NodeDirectory } from "./node-directory.ts";
import { JobBook } from "./observe/job-book.ts";
import { currentAllocation, type JobEntry } from "./observe/job-entry.ts";
import { gatesToOpen, mustNotRunAgain, observePod } from "./observe/pod.ts";
import { gateItems, gatePath } from "./translate/gates.ts";
import { metaKeys } from "./translate/identity.ts";
import { withWatchdog } from "./watchdog.ts";
import type { EventBatch, NomadEvent } from "./wire.ts";

/** Nomad sends a heartbeat at once and then every 30 s. */
const watchLimits = { firstMs: 15_000, nextMs: 75_000 };

/** Knows what Nomad runs for one virtual node, by lists and by the one event stream. */
export class PodTracker {
  readonly #client: NomadClient;
  readonly #prefix: string;
  readonly #book = new JobBook();
  readonly #openGates = new Set<string>();
  readonly #askedNetworks = new Set<string>();
  readonly nodes: NodeDirectory;
  #watches = 0;

  /** Only jobs whose ID begins with `prefix` count. */
  constructor(client: NomadClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.nodes = new NodeDirectory(client);
  }

  /** Whether an event stream keeps what is known up to date. */
  get live(): boolean {
    return this.#watches > 0;
  }

  /** What is known of a job, read from Nomad when nothing is or no event stream runs. */
  async look(job: string, signal: AbortSignal): Promise<JobEntry | undefined> {
    if (!this.live || this.#book.entry(job) === undefined) await this.#read(job, signal);
    return this.#book.entry(job);
  }

  markDeleting(job: string): void {
    this.#book.markDeleting(job);
  }

  forget(job: string): void {
    const entry = this.#book.entry(job);
    for (const allocation of entry?.allocations.values() ?? []) this.#askedNetworks.delete(allocation.ID);
    for (const path of this.#openGates) if (path.includes(`/${job}/`)) this.#openGates.delete(path);
    this.#book.remove(job);
  }

  /** Everything, in three bulk calls. */
  async list(context: CallContext): Promise<readonly PodObservation[]> {
    const before = new Set(this.#book.jobs);
    const { signal } = context;
    // The order matters: a job that is stopped after the allocations were read is seen as stopped, not as forgotten.
    const jobs = await this.#client.listJobs(this.#prefix, signal);
    const allocations = await this.#client.listAllocations(this.#prefix, signal);
    const evaluations = await this.#client.listBlockedEvaluations(this.#prefix, signal);
    for (const job of jobs) this.#book.applyJob(job);
    for (const allocation of allocations) this.#book.applyAllocation(allocation);
    for (const evaluation of evaluations) this.#book.applyEvaluation(evaluation);
    const listed = new Set(jobs.map((job) => job.ID));
    for (const job of before) if (!listed.has(job)) this.forget(job);
    await this.#learnNetworks(listed, signal);
    return await this.#observe(listed, context);
  }

  /** What happens, after everything that is. Ends with an error when the stream breaks. */
  async *watch(context: CallContext): AsyncIterable<PodObservation> {
    const stop = new AbortController();
    const signal = AbortSignal.any([context.signal, stop.signal]);
    let established = false;
    try {
      for await (const batch of withWatchdog(this.#client.events(signal), watchLimits, context.clock)) {
        if (!established) {
          established = true;
          this.#watches += 1;
          yield* await this.list(context);
        }
        yield* await this.#apply(batch, context);
      }
    } finally {
      if (established) this.#watches -= 1;
      stop.abort(new Error("the watch was left"));
    }
  }

  /** A batch has one index: all of it counts before anything is said. */
  async #apply(batch: EventBatch, context: CallContext): Promise<readonly PodObservation[]> {
    const touched = new Set<string>();
    for (const event of batch.Events ?? []) {
      const job = jobOf(event);
      if (job?.startsWith(this.#prefix) !== true) continue;
      await this.#applyEvent(event, job, batch.Index ?? 0, context.signal);
      touched.add(job);
    }
    return touched.size === 0 ? [] : await this.#observe(touched, context);
  }

  async #applyEvent(event: NomadEvent, job: string, index: number, signal: AbortSignal): Promise<void> {
    const payload = event.Payload ?? {};
    if (event.Topic === "Job") {
      if (payload.Job !== undefined && payload.Job !== null) this.#book.applyJob(payload.Job);
      const purged = payload.Deleted === true || payload.Job === undefined || payload.Job === null;
      if (event.Type.includes("Deregistered") && purged) this.#book.markPurged(job, index);
      return;
    }
    // Its registration was before this stream, and before the list: it is read once.
    if (this.#book.entry(job) === undefined) await this.#read(job, signal);
    if (payload.Allocation !== undefined) this.#book.applyAllocation(payload.Allocation);
    if (payload.Evaluation !== undefined) this.#book.applyEvaluation(payload.Evaluation);
  }

  async #read(job: string, signal: AbortSignal): Promise<void> {
    const found = await this.#client.readJob(job, signal);
    if (found === undefined) return;
    this.#book.applyJob(found);
    for (const allocation of await this.#client.listAllocations(job, signal))
      this.#book.applyAllocation(allocation);
  }

  async #observe(jobs: ReadonlySet<string>, context: CallContext): Promise<readonly PodObservation[]> {
    const entries = [...jobs].flatMap((job) => this.#book.entry(job) ?? []);
    for (const entry of entries) await this.#act(entry, context);
    const placed = entries.flatMap((entry) => currentAllocation(entry)?.NodeID ?? []);
    await this.nodes.learn(placed, context.signal);
    return entries.flatMap((entry) => observePod(entry, this.nodes.addressOf) ?? []);
  }

  /** What the state of a job asks of us. An error breaks the list or the stream, and the next one tries again. */
  async #act(entry: JobEntry, context: CallContext): Promise<void> {
    for (const stage of gatesToOpen(entry)) {
      const path = gatePath(entry.job.ID, stage);
      if (this.#openGates.has(path)) continue;
      await this.#client.putVariable(path, gateItems, context.signal);
      this.#openGates.add(path);
    }
    if (mustNotRunAgain(entry)) {
      context.logger.warn("job is stopped, so that its pod does not run twice", { job: entry.job.ID });
      await this.#client.deregisterJob(entry.job.ID, { purge: false }, context.signal);
      await this.#read(entry.job.ID, context.signal);
    }
  }

  /** Lists leave addresses out; each allocation with an address of its own is read once. */
  async #learnNetworks(jobs: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    for (const job of jobs) {
      const entry = this.#book.entry(job);
      const allocation = entry === undefined ? undefined : currentAllocation(entry);
      if (entry?.job.Meta?.[metaKeys.network] === "host" || allocation?.ClientStatus !== "running") continue;
      if (allocation.NetworkStatus || this.#askedNetworks.has(allocation.ID)) continue;
      const full = await this.#client.readAllocation(allocation.ID, signal);
      if (full !== undefined) this.#book.applyAllocation(full);
      this.#askedNetworks.add(allocation.ID);
    }
  }
}

function jobOf(event: NomadEvent): string | undefined {
  const payload = event.Payload ?? {};
  return (
    payload.Allocation?.JobID ??
    payload.Evaluation?.JobID ??
    payload.Job?.ID ??
    (event.Topic === "Job" ? event.Key : undefined)
  );
}
