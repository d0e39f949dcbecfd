import type { Pod, PodNotice, PodObservation, PodRef, PodStatus } from "@vkubelet/core";
import { computePodStatus, type StatusInput } from "@vkubelet/pod";
import { compareResourceVersions } from "../api/resource-version.ts";
import { withAllocatedResources } from "./allocated-resources.ts";
import { containerEvents } from "./container-events.ts";
import type { LazySignal } from "./lazy-signal.ts";
import type { PodWorkerEnvironment } from "./pod-scope.ts";
import { type PendingResize, resizeConditionOf, withResizeCondition } from "./resize-condition.ts";
import { type WrittenPod, writePodStatus } from "./status-writer.ts";

/** What a status is computed from, besides the pod itself. */
export type StatusFacts = Pick<StatusInput, "observation" | "waits" | "waiting" | "failure" | "restart">;

/** Tells the API server about one pod: its status, and events for what changed. */
export class PodReporter {
  readonly #ref: PodRef;
  readonly #environment: PodWorkerEnvironment;
  readonly #stopping: LazySignal;
  readonly #onWritten: (pod: WrittenPod) => void;
  #pod: Pod | undefined;
  #written: WrittenPod | undefined;
  /** Null: none; undefined: nothing is known of one, and what was told stands. */
  #resize: PendingResize | null | undefined;

  /** `onWritten` is told what each write resulted in. */
  constructor(
    ref: PodRef,
    environment: PodWorkerEnvironment,
    stopping: LazySignal,
    onWritten: (pod: WrittenPod) => void,
  ) {
    this.#ref = ref;
    this.#environment = environment;
    this.#stopping = stopping;
    this.#onWritten = onWritten;
  }

  /** The pod as last seen; undefined once its object is gone. */
  get pod(): Pod | undefined {
    return this.#pod;
  }

  /** The status as last written by us, or as the API server holds it. */
  get status(): PodStatus | undefined {
    return this.#written?.status ?? this.#pod?.status;
  }

  /** Takes the newest pod object; undefined when it was deleted from the API server. */
  observe(pod: Pod | undefined): void {
    this.#pod = pod;
    if (pod === undefined || !isOlder(pod, this.#written)) this.#written = undefined;
  }

  /** Notes for the next status that a resize waits, or that none does. True: that is news. */
  tellResize(pending: PendingResize | undefined): boolean {
    this.#resize = pending ?? null;
    const told = resizeConditionOf(this.status);
    return told?.message !== pending?.message || told?.reason !== pending?.reason;
  }

  /** Computes the status and writes it if it changed. `"gone"`: the pod's object exists no more. */
  async write(pod: Pod, facts: StatusFacts): Promise<"told" | "gone"> {
    const { client, clock, hostIPs, provider } = this.#environment;
    const previous = this.status;
    const now = `${new Date(clock.now()).toISOString().slice(0, 19)}Z`;
    const computed = computePodStatus({
      pod,
      ...(previous === undefined ? {} : { previous }),
      now,
      node: { hostIPs },
      runtimeName: provider.name,
      deleting: pod.metadata?.deletionTimestamp !== undefined,
      ...facts,
    });
    const status = this.#withResources(computed, previous, now, pod.metadata?.generation);
    const result = await writePodStatus(client, this.#ref, previous, status, this.#stopping.signal);
    if (result === "gone") return "gone";
    for (const notice of containerEvents(pod, previous, status)) this.notify(notice);
    if (facts.observation !== undefined) this.#announceWaiting(previous, facts.observation);
    if (result === "unchanged") return "told";
    // What was heard of the pod meanwhile may hold this write already.
    if (isOlder(this.#pod, result)) this.#written = result;
    this.#onWritten(result);
    return "told";
  }

  /** What concerns the resources of a pod whose backend takes changes, and a resize that waits. */
  #withResources(
    computed: PodStatus,
    previous: PodStatus | undefined,
    now: string,
    generation: number | undefined,
  ): PodStatus {
    const { admission, provider } = this.#environment;
    const status =
      provider.updatePod === undefined
        ? computed
        : withAllocatedResources(computed, previous, admission.counted(this.#ref.uid));
    if (this.#resize === undefined) return status;
    return withResizeCondition(status, this.#resize ?? undefined, now, generation);
  }

  /** Writes an event about the pod. */
  notify(notice: PodNotice): void {
    this.#environment.events.record({ kind: "Pod", ...this.#ref }, notice);
  }

  /** A wait of the backend (a queue, no capacity) is told once per change. */
  #announceWaiting(previous: PodStatus | undefined, observation: PodObservation): void {
    const { state, reason, message } = observation;
    if (state !== "waiting" || reason === undefined) return;
    if (previous?.reason === reason && previous.message === message) return;
    this.notify({ type: "Normal", reason, message: message ?? reason });
  }
}

/** Whether an object is older than what we wrote. */
function isOlder(pod: Pod | undefined, written: WrittenPod | undefined): boolean {
  if (written === undefined) return false;
  return compareResourceVersions(pod?.metadata?.resourceVersion, written.metadata?.resourceVersion) < 0;
}
