import type { Pod } from "@vkubelet/core";
import type { DefaultsOptions } from "./apply-defaults.ts";

/** An object of a manifest by name. */
export interface WorkloadSource {
  readonly kind: string;
  /** `default` where neither the object nor the options name one. */
  readonly namespace: string;
  /** Made of `generateName` where the object has no name, empty where it has neither. */
  readonly name: string;
}

/** A pod as the controller of its workload would make it. */
export interface WorkloadPod {
  /** The object of the manifest that the pod comes out of. */
  readonly source: WorkloadSource;
  /** With name, namespace, uid-less metadata, owner and all defaults (see {@link applyDefaults}). */
  readonly pod: Pod;
  /** How many such pods there are at the same time; undefined for a DaemonSet, which has one on each node that fits. */
  readonly replicas: number | undefined;
  /** Of a Job: how many pods have to succeed; undefined for other kinds, and where the first success is the last. */
  readonly completions: number | undefined;
}

/** An object out of which no pod is made, and why. */
export interface SkippedObject extends WorkloadSource {
  readonly reason: string;
}

/** Options of `podsOf`. */
export interface PodsOptions extends DefaultsOptions {
  /** Namespace of objects that name none; default `default`. */
  readonly namespace?: string;
  /**
   * Which pod of an Indexed Job (its completion index, from 0) or of a StatefulSet (counted from its first ordinal) is
   * made; default 0. Other kinds make all their pods alike.
   */
  readonly index?: number;
  /** The node of a DaemonSet's pod, which it is bound to by affinity; without it the affinity is left out. */
  readonly nodeName?: string;
  /** The scheduled time of a CronJob's run, in milliseconds since 1970; default 0. Its Job is named by the minute. */
  readonly scheduledAt?: number;
}
