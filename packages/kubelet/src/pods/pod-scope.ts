import type { CallContext, Clock, Logger, PodContext, PodRef, Provider } from "@vkubelet/core";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import type { TimeLimits } from "../api/time-limits.ts";
import type { AnnotationRecord } from "./annotation-record.ts";
import type { ChangeCalls } from "./change-calls.ts";
import type { EventRecorder } from "./event-recorder.ts";
import type { LazySignal } from "./lazy-signal.ts";
import type { NodeAdmission } from "./node-admission.ts";
import type { ObservationFeed } from "./observation-feed.ts";
import type { PodReporter } from "./pod-reporter.ts";
import type { PodResolver } from "./pod-resolver.ts";
import type { RejectionPacer } from "./rejection-pacer.ts";

/** What all workers of a node share. */
export interface PodWorkerEnvironment {
  readonly provider: Provider;
  readonly client: KubeApiClient;
  readonly feed: ObservationFeed;
  readonly resolver: PodResolver;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly hostIPs: readonly string[];
  readonly rejections: RejectionPacer;
  readonly admission: NodeAdmission;
  /** How long a call that changes something at the backend may take. */
  readonly changeLimits: TimeLimits;
}

/** What the parts of one pod's worker share. */
export interface PodScope {
  readonly ref: PodRef;
  readonly environment: PodWorkerEnvironment;
  readonly logger: Logger;
  /** Aborts when the process stops working on the pod. */
  readonly stopping: LazySignal;
  /** Aborts when work towards the pod's runs is not wanted any more, and with `stopping`. */
  readonly unwanted: LazySignal;
  readonly reporter: PodReporter;
  /** The provider's own record of the pod. */
  readonly record: AnnotationRecord;
  /** For everything that changes the pod at the backend. */
  readonly calls: ChangeCalls;
}

/** Why work towards a pod is given up; one for all, since each would keep a stack that tells nothing. */
export const podUnwanted: Error = new Error("the pod was deleted");

/** Why all work of the process ends. */
export const kubeletStops: Error = new Error("the kubelet stops");

/** Milliseconds after which the pod is due again, or undefined: only news makes it due. */
export type Requeue = number | undefined;

/** The context of a call about no pod in particular. */
export function callContextOf(scope: PodScope, signal: AbortSignal): CallContext {
  return { signal, logger: scope.logger, clock: scope.environment.clock };
}

/** The context of a call about the pod. */
export function podContextOf(scope: PodScope, signal: AbortSignal): PodContext {
  return {
    ...callContextOf(scope, signal),
    record: scope.record,
    notify: (notice) => scope.reporter.notify(notice),
  };
}
