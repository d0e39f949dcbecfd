import type { Clock } from "./clock.ts";
import type { LogLine, LogOptions } from "./log-options.ts";
import type { Logger } from "./logger.ts";
import type { NodeDescription, ProviderHealth } from "./node-description.ts";
import type { PodObservation } from "./pod-observation.ts";
import type { PodRecord } from "./pod-record.ts";
import type { ContainerRef, PodRef } from "./pod-ref.ts";
import type { ResolvedPod } from "./resolved-pod.ts";
import type { PortConnection, SessionStreams } from "./session-streams.ts";
import type { NodeUsage } from "./usage.ts";

/** The version of this contract. A host refuses a provider of another version with a message that names both. */
export const contractVersion = 1;
export type ContractVersion = typeof contractVersion;

/** What every call gets. */
export interface CallContext {
  /**
   * Aborts when the result is no longer wanted. The method then rejects with `signal.reason`, unwrapped, as soon as it
   * can do so safely: a remote create that was already sent is not undone, and is found again by the next call.
   */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** What calls about one pod get. */
export interface PodContext extends CallContext {
  readonly record: PodRecord;
  /**
   * Tells the pod's owner something (in a cluster: an Event on the pod): an approximated field, a decision of the
   * backend. The host drops repeats. Never a secret.
   */
  notify(event: PodNotice): void;
}

export interface PodNotice {
  readonly type: "Normal" | "Warning";
  /** CamelCase; the kubelet's own reason names where one fits (pod-semantics 21). */
  readonly reason: string;
  readonly message: string;
  /** Names the container that the event is about. */
  readonly container?: string;
}

/** Facts about a backend that the host's decisions rest on. */
export interface ProviderTraits {
  /**
   * Who starts a container again after it ended. `provider`: the backend does so in place, by the container's restart
   * policy, and reports restart counts and `CrashLoopBackOff`. `runtime`: it runs a pod once; the host decides by the
   * pod's policy and the kubelet's backoff, and calls `createPod` with the next attempt.
   */
  readonly restarts: "provider" | "runtime";
  /**
   * For how long a created pod may be missing from `listPods` before that means it is gone, in milliseconds: covers
   * eventual consistency. 0: what `createPod` made is listed from the moment it exists, and the host writes nothing
   * down before it calls. A pod known to have been active and missing for longer fails as lost.
   */
  readonly absenceGraceMs: number;
  /** How often the host calls `listPods` when there is no `watchPods`, in milliseconds. */
  readonly pollIntervalMs?: number;
  /**
   * `false`: the backend runs no images, so that their names play no part. Else the host lets a container wait whose
   * image is none (pod-semantics A6), and `createPod` is never called with such a name. Default: true.
   */
  readonly runsImages?: boolean;
}

/**
 * A backend that runs pods. Few methods are required; an optional method that is absent is answered by the host with
 * 501 and a text that names it. A method that is there does what it says: a stub that answers success is a bug.
 *
 * Rules for every method:
 * 1. Arguments are never changed, and nothing passed in is kept beyond the call unless the method says so.
 * 2. Calls run concurrently, but never two of `createPod`, `deletePod`, `updatePod`, `releasePod` for one pod UID.
 * 3. Errors are {@link ProviderError}s; anything else counts as `Internal`. An error never means absence.
 * 4. Nothing is computed about phase or conditions: a provider reports what its backend says.
 * 5. What a provider must remember across restarts lives at the backend or in the pod's record, never on this disk
 *    (the local provider's disk *is* its backend).
 */
export interface Provider {
  readonly contractVersion: ContractVersion;
  /** Lower-case word, for labels, taints and messages: `fargate`. */
  readonly name: string;
  readonly traits: ProviderTraits;

  /**
   * What the node can take. Called at start and then about every minute; cheap or cached. Errors leave the last answer
   * standing; before the first, the node is registered without room and not ready for the error's reason, but with
   * `InvalidInput` or `Unsupported`, for settings that are wrong, the host does not start.
   */
  describeNode(context: CallContext): Promise<NodeDescription>;

  /**
   * Sees to it that run `pod.attempt` of the pod exists at the backend; resolves when the backend has accepted it
   * (durably, not started). Idempotent by (UID, attempt), also across restarts of the host and after a lost reply: it
   * looks before it creates, and a failed look-up throws instead of creating. A run that has already ended is left
   * alone. Errors: any; see the table of effects. Rejections of the pod carry every offending path in `issues`.
   */
  createPod(pod: ResolvedPod, context: PodContext): Promise<void>;

  /**
   * Asks the backend to stop whatever it runs for the UID, all attempts. Resolves when the request is accepted; the
   * end is seen by an observation with `state: "ended"`, or by absence after `absenceGraceMs`. May be repeated,
   * with a shorter grace period too. A UID that the backend does not know is success; but where something was begun
   * that the backend does not show yet, an error whose effect is a retry. After it, `createPod` is not called for the
   * UID again.
   */
  deletePod(ref: PodRef, options: DeletePodOptions, context: PodContext): Promise<void>;

  /**
   * Everything of this node that the backend knows, whoever created it, ended pods included for as long as it knows
   * them; of several attempts only the latest. Complete or an error, never a part. Bulk calls: its cost in requests
   * does not grow with each pod.
   */
  listPods(context: CallContext): Promise<readonly PodObservation[]>;

  /**
   * Observations as they happen. Begins with everything known or with nothing (the host lists once after the first
   * `next()` was asked for); may repeat. Ends or throws when the stream breaks: the host lists and watches again with
   * backoff. Leaving the loop closes the remote stream. Without it the host polls `listPods`.
   */
  watchPods?(context: CallContext): AsyncIterable<PodObservation>;

  /**
   * The host needs nothing more of the pod (its object is gone): logs, job definitions and other remains may go.
   * Called after the end was seen; idempotent; an unknown UID is success.
   */
  releasePod?(ref: PodRef, context: CallContext): Promise<void>;

  /**
   * Carries a changed spec or changed files to a running pod, as far as `Unsupported` does not say otherwise: what is
   * refused leaves the pod as it is. `NotFound` where nothing of the pod runs.
   */
  updatePod?(pod: ResolvedPod, context: PodContext): Promise<void>;

  /**
   * Output of a container, oldest line first. Ends by itself when the output is complete; with `follow` when the
   * container has ended. Leaving the loop or an abort closes the remote stream. Pulls no more than the reader takes.
   * `NotFound` for an unknown pod or container.
   */
  logs?(ref: ContainerRef, options: LogOptions, context: PodContext): AsyncIterable<LogLine>;

  /**
   * Runs a command in a running container and resolves when it has ended and all its output was written. An abort means
   * that the client has gone: the command is ended, where the backend can. Output is written as it comes; a write that
   * does not resolve yet holds the command up. Reading of `stdin` stops when the command ends. `NotFound` for an unknown
   * or ended container, `InvalidInput` for a command that is not there.
   */
  exec?(
    ref: ContainerRef,
    command: readonly string[],
    streams: SessionStreams,
    context: PodContext,
  ): Promise<ExecResult>;

  /**
   * Connects the streams to the first process of a running container, from now on, and resolves when it has ended. An
   * abort takes the client away and leaves the container as it is. `NotFound` for an unknown or ended container.
   */
  attach?(ref: ContainerRef, streams: SessionStreams, context: PodContext): Promise<void>;

  /**
   * Connects to a port of a running pod, as a process inside the pod would by `localhost`, and carries bytes until both
   * directions have ended or the signal aborts. `NotFound` for a pod that does not run, `Unavailable` when nothing
   * listens on the port.
   */
  forwardPort?(ref: PodRef, port: number, connection: PortConnection, context: PodContext): Promise<void>;

  /**
   * What the running pods of this node use. Called when somebody looks, about every 15 s: cheap or cached, in bulk calls;
   * what the backend does not measure is left out.
   */
  usage?(context: CallContext): Promise<NodeUsage>;

  /** Whether the backend can take pods now. Called about every 10 s. Without it the node is healthy while `listPods` works. */
  checkHealth?(context: CallContext): Promise<ProviderHealth>;

  /** Frees sockets and timers of this process; nothing at the backend stops. */
  [Symbol.asyncDispose]?(): Promise<void>;
}

export interface DeletePodOptions {
  /** Seconds between the stop signal and the kill. 0 kills at once. */
  readonly gracePeriodSeconds: number;
}

/** How a command in a container ended. */
export interface ExecResult {
  /** 0 to 255; 128 and the number of the signal for a command that a signal ended. */
  readonly exitCode: number;
}
