import type { Allocation, Evaluation, JobStub } from "../wire.ts";
import type { JobEntry } from "./job-entry.ts";

interface MutableEntry {
  job: JobStub;
  allocations: Map<string, Allocation>;
  evaluation: Evaluation | undefined;
  deleting: boolean;
}

/**
 * What lists and events have told about the jobs of one node. Both write here, and older news never replaces newer, so
 * it does not matter which of the two is late.
 */
export class JobBook {
  readonly #entries = new Map<string, MutableEntry>();
  readonly #deleting = new Set<string>();

  entry(job: string): JobEntry | undefined {
    return this.#entries.get(job);
  }

  get jobs(): readonly string[] {
    return [...this.#entries.keys()];
  }

  applyJob(job: JobStub): void {
    const entry = this.#entries.get(job.ID);
    if (entry === undefined) {
      this.#entries.set(job.ID, {
        job,
        allocations: new Map(),
        evaluation: undefined,
        deleting: this.#deleting.has(job.ID),
      });
    } else if (job.ModifyIndex >= entry.job.ModifyIndex) {
      entry.job = { ...job, Meta: job.Meta ?? entry.job.Meta ?? null };
    }
  }

  /** False when the job is not known yet. */
  applyAllocation(allocation: Allocation): boolean {
    const entry = this.#entries.get(allocation.JobID);
    if (entry === undefined) return false;
    const known = entry.allocations.get(allocation.ID);
    if (known !== undefined && known.ModifyIndex > allocation.ModifyIndex) return true;
    // Lists leave the network out.
    const network = allocation.NetworkStatus ?? known?.NetworkStatus;
    entry.allocations.set(allocation.ID, network ? { ...allocation, NetworkStatus: network } : allocation);
    return true;
  }

  applyEvaluation(evaluation: Evaluation): void {
    const entry = this.#entries.get(evaluation.JobID);
    if (entry === undefined) return;
    if (entry.evaluation === undefined || evaluation.ModifyIndex >= entry.evaluation.ModifyIndex) {
      entry.evaluation = evaluation;
    }
  }

  /** Holds for a job that is not known yet as well, until it is removed. */
  markDeleting(job: string): void {
    this.#deleting.add(job);
    const entry = this.#entries.get(job);
    if (entry !== undefined) entry.deleting = true;
  }

  /** The job was purged: what remains is its allocation's end. */
  markPurged(job: string, index: number): void {
    const entry = this.#entries.get(job);
    if (entry === undefined) return;
    entry.job = { ...entry.job, Stop: true, ModifyIndex: Math.max(entry.job.ModifyIndex, index) };
  }

  remove(job: string): void {
    this.#entries.delete(job);
    this.#deleting.delete(job);
  }
}
