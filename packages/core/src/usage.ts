import type { PodRef } from "./pod-ref.ts";

/** What something has used of a machine, as far as the backend tells. */
export interface ResourceUsage {
  /** When it was measured, in milliseconds since the epoch: of the measurement, not of the call. */
  readonly at: number;
  /** Processor time since the start, in seconds; it only grows. */
  readonly cpuSeconds?: number;
  /** Memory that cannot be taken away without harm: what limits are held against. */
  readonly workingSetBytes?: number;
  /** All memory, caches included. */
  readonly memoryBytes?: number;
  readonly residentBytes?: number;
  readonly swapBytes?: number;
}

/** Traffic of a network interface since it came to be. */
export interface NetworkUsage {
  readonly at: number;
  readonly interface: string;
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly receiveErrors?: number;
  readonly sendErrors?: number;
}

/** Room on a file system, or what a part of one takes of it. */
export interface StorageUsage {
  readonly at: number;
  readonly usedBytes?: number;
  readonly capacityBytes?: number;
  readonly availableBytes?: number;
  readonly usedInodes?: number;
}

export interface ContainerUsage extends ResourceUsage {
  readonly name: string;
  /** When the container's current instance was started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** What it has written beside its volumes. */
  readonly writable?: StorageUsage;
  readonly logs?: StorageUsage;
}

export interface PodUsage {
  readonly ref: PodRef;
  readonly startedAt?: number;
  /** Those that run; none of the ended. */
  readonly containers: readonly ContainerUsage[];
  /** Of the pod as a whole, where the backend measures that; else it is the sum of the containers. */
  readonly total?: ResourceUsage;
  readonly network?: readonly NetworkUsage[];
  /** All local storage of the pod. */
  readonly storage?: StorageUsage;
  readonly volumes?: readonly (StorageUsage & { readonly name: string })[];
  readonly processes?: number;
}

/** What the pods of a node use, and the node itself where there is one. */
export interface NodeUsage {
  readonly pods: readonly PodUsage[];
  /** Of the machine; for backends without one, the sum of the pods stands for it. */
  readonly total?: ResourceUsage;
  readonly startedAt?: number;
  readonly network?: readonly NetworkUsage[];
  readonly storage?: StorageUsage;
}
