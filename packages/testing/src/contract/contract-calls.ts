import {
  isProviderError,
  type PodObservation,
  type PodRef,
  type Provider,
  type ResolvedPod,
  systemClock,
} from "@vkubelet/core";
import { ContractHost } from "./contract-host.ts";
import { type ContractPodOptions, contractPod } from "./contract-pods.ts";
import type {
  ContractFaults,
  ContractWorkloads,
  FaultKind,
  PlannedHang,
  ProviderUnderTest,
  WorkloadContainer,
} from "./provider-under-test.ts";
import { retryAsHost } from "./retry-as-host.ts";

/** The provider of a case, pods to give to it, and its methods as a host calls them: each with a limit. */
export class ContractCalls {
  readonly host: ContractHost;
  readonly subject: ProviderUnderTest;
  /** Milliseconds between two looks. */
  protected readonly pollIntervalMs: number;
  /** What the case created. */
  protected readonly created: Map<string, PodRef> = new Map<string, PodRef>();
  #provider: Provider;

  constructor(subject: ProviderUnderTest) {
    this.subject = subject;
    this.host = new ContractHost(subject.clock ?? systemClock, subject.limitMs ?? 60_000);
    this.pollIntervalMs = subject.pollIntervalMs ?? 100;
    this.#provider = subject.provider;
  }

  /** The provider of the process that lives now. */
  get provider(): Provider {
    return this.#provider;
  }

  /** A container of a workload that the case needs. */
  workload<Name extends keyof ContractWorkloads>(name: Name): NonNullable<ContractWorkloads[Name]> {
    const { workloads } = this.subject;
    const make = workloads[name];
    if (make === undefined) throw new Error(`the case did not say that it needs workload:${name}`);
    return make.bind(workloads) as NonNullable<ContractWorkloads[Name]>;
  }

  /** A pod with one container `main`, or with several by name. */
  pod(
    containers: WorkloadContainer | { readonly named: Readonly<Record<string, WorkloadContainer>> },
    options: ContractPodOptions = {},
  ): ResolvedPod {
    const named = "named" in containers ? containers.named : { main: containers };
    return contractPod(named, { name: `contract-${this.created.size + 1}`, ...options });
  }

  async fault(point: keyof ContractFaults, kind: FaultKind): Promise<void> {
    const plan = this.subject.faults?.[point]?.[kind];
    if (plan === undefined) throw new Error(`the case did not say that it needs fault:${point}.${kind}`);
    await plan();
  }

  /** Plans that the next request hangs. */
  async hang(point: keyof ContractFaults): Promise<PlannedHang> {
    const plan = this.subject.faults?.[point]?.hang;
    if (plan === undefined) throw new Error(`the case did not say that it needs fault:${point}.hang`);
    return await plan();
  }

  async create(pod: ResolvedPod, signal?: AbortSignal): Promise<void> {
    this.created.set(pod.ref.uid, pod.ref);
    const context = this.host.pod(pod.ref, signal);
    await this.host.boundedFor(
      pod.ref,
      "createPod",
      settled(() => this.#provider.createPod(pod, context)),
    );
  }

  /** Creates as a host does, which repeats what may succeed later. */
  createAgain(pod: ResolvedPod): Promise<void> {
    return retryAsHost(this.host, this.pollIntervalMs, () => this.create(pod));
  }

  async delete(ref: PodRef, gracePeriodSeconds = 0, signal?: AbortSignal): Promise<void> {
    const context = this.host.pod(ref, signal);
    const deletion = settled(() => this.#provider.deletePod(ref, { gracePeriodSeconds }, context));
    await this.host.boundedFor(ref, "deletePod", deletion);
  }

  /** Deletes as a host does, which repeats what may succeed later. */
  deleteAgain(ref: PodRef, gracePeriodSeconds = 0): Promise<void> {
    return retryAsHost(this.host, this.pollIntervalMs, () => this.delete(ref, gracePeriodSeconds));
  }

  /** Gives a changed pod to the provider; false where that is refused as `Unsupported`. */
  async update(pod: ResolvedPod, signal?: AbortSignal): Promise<boolean> {
    const context = this.host.pod(pod.ref, signal);
    const update = settled(() => this.#provider.updatePod?.(pod, context));
    try {
      await this.host.boundedFor(pod.ref, "updatePod", update);
      return true;
    } catch (error) {
      if (isProviderError(error) && error.code === "Unsupported") return false;
      throw error;
    }
  }

  async release(ref: PodRef): Promise<void> {
    await this.host.boundedFor(
      ref,
      "releasePod",
      settled(() => this.#provider.releasePod?.(ref, this.host.call())),
    );
  }

  async list(signal?: AbortSignal): Promise<readonly PodObservation[]> {
    return await this.host.bounded(
      settled(() => this.#provider.listPods(this.host.call(signal))),
      "listPods",
    );
  }

  /** The process dies, and another one takes over. */
  async reopen(): Promise<void> {
    this.#provider = await this.subject.reopen();
  }
}

/** A method may throw at once or reject: both are the same to a host. */
async function settled<T>(call: () => Promise<T> | undefined): Promise<T> {
  return (await call()) as T;
}
