/** What one subject did with one number of pods on one control plane. */
export interface SubjectResult {
  readonly subject: string;
  readonly pods: number;
  readonly round: number;
  readonly burst: BurstResult;
  readonly deletion: RateResult;
  readonly storm?: RateResult;
  readonly idle?: IdleResult;
  readonly restart?: RestartResult;
}

/** How fast pods got somewhere, and what it cost the subject. */
export interface RateResult {
  /** Fewer than all when the time ran out. */
  readonly reached: number;
  /** From the first request of the driver to the last pod that its watch saw arrive. */
  readonly perSecond: number;
  /** CPU of the subject for 1,000 pods, trailing work such as events included. */
  readonly cpuSecondsPerThousand: number;
  /** Requests of the subject for one pod, by `VERB resource/subresource`. */
  readonly requestsPerPod: Readonly<Record<string, number>>;
  readonly podWritesPerPod: number;
}

/** Pods created at once, from bound to Running. */
export interface BurstResult extends RateResult {
  /** Bound (the create was answered, or the watch showed it) to Running, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly rssMiB: number;
  readonly peakMiB: number;
}

/** A minute with all pods running and nothing to do. */
export interface IdleResult {
  readonly cpuSecondsPerMinute: number;
  readonly requestsPerMinute: number;
}

/** Killed with all pods running, and started again. */
export interface RestartResult {
  /** From the start of the process until it is ready. */
  readonly readySeconds: number;
  /** Writes to pods that the restart caused. */
  readonly podWrites: number;
  /** Creates that reached the backend although the pod ran there; undefined where nobody counts. */
  readonly repeatedCreates?: number;
}
