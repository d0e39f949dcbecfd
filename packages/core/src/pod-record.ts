/**
 * A small durable record per pod, kept by the host for the provider (in a cluster: an annotation of the pod). It is
 * where intent is written *before* something remote is created, for backends whose own idempotency does not last
 * (ECS, Batch). A provider reads and writes it and knows no cluster.
 */
export interface PodRecord {
  /** What was last persisted; undefined when nothing was, or when the pod object is gone. Synchronous: no I/O. */
  read(): Readonly<Record<string, string>> | undefined;
  /**
   * Merges `entries` (null removes a key) and returns once they are durable. Values together stay below 4 KiB.
   * Throws `Conflict` when another host wrote since the last read (the caller must look again before it creates
   * anything), `NotFound` when the pod object is gone (nothing may be created then), `Unavailable` to be retried.
   */
  write(entries: Readonly<Record<string, string | null>>): Promise<void>;
}
