import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Clock, Logger, ObjectMeta } from "@vkubelet/core";
import { startDeadline } from "./api/deadline.ts";
import type { KubeApiClient } from "./api/kube-api-client.ts";
import { isConflict } from "./api/kube-api-error.ts";
import { mayPass } from "./node/registration.ts";

/** How processes that serve the same node agree on the one that works, as client-go's leader election does. */
export interface LeaderElectionSettings {
  /** Namespace of the Lease; `kube-system` by default. */
  readonly namespace?: string | undefined;
  /** Name of the Lease; `vkubelet-NODENAME` by default. */
  readonly name?: string | undefined;
  /** What stands for this process; its host's name and a random part by default. */
  readonly identity?: string | undefined;
  /** Seconds of silence after which others take over; 15 by default. */
  readonly leaseDurationSeconds?: number | undefined;
  /** Seconds after which a leader that cannot renew gives up, less than the duration; 10 by default. */
  readonly renewDeadlineSeconds?: number | undefined;
  /** Seconds between tries; 2 by default. */
  readonly retryPeriodSeconds?: number | undefined;
}

/** Held leadership. */
export interface Leadership {
  /** Aborts when it is lost: somebody else may work from the end of the Lease on. */
  readonly lost: AbortSignal;
  /** Gives it up, so that others need not wait for its end. */
  release(): Promise<void>;
}

interface Lease {
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly holderIdentity?: string | undefined;
    readonly leaseDurationSeconds?: number | undefined;
    readonly renewTime?: string;
    readonly acquireTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** A stop waits so long for the lease to be given back. */
const releaseMs = 2_000;

/** What an election needs. */
export interface ElectionOptions {
  readonly client: KubeApiClient;
  readonly nodeName: string;
  readonly settings: LeaderElectionSettings;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Resolves once this process leads, however long that takes; rejects when the API server refuses for good, and with the
 * signal's reason when the leadership is not wanted any more.
 */
export async function acquireLeadership(options: ElectionOptions, signal: AbortSignal): Promise<Leadership> {
  const election = new Election(options);
  let told = false;
  let heard = false;
  for (;;) {
    signal.throwIfAborted();
    try {
      if (await election.tryAcquire(signal)) break;
      heard = true;
      if (!told)
        options.logger.info("another process leads; waiting for its lease", { lease: election.path });
    } catch (error) {
      // Whoever was heard before, and is refused now, has credentials that are about to be replaced.
      if (signal.aborted || (!heard && !mayPass(error))) throw error;
      if (!told) options.logger.warn("cannot ask for leadership, trying again", { error });
    }
    told = true;
    await options.clock.sleep(election.retryMs, signal);
  }
  return election.hold();
}

/**
 * One process's part in an election (client-go tools/leaderelection): whose Lease has not changed for its duration, by
 * this process's own clock, has lost it. Writes are made over the version that was looked at, so that one wins.
 */
class Election {
  readonly path: string;
  readonly retryMs: number;
  readonly #options: ElectionOptions;
  readonly #collection: string;
  readonly #identity: string;
  readonly #durationSeconds: number;
  readonly #deadlineMs: number;
  #seen: { readonly version: string | undefined; readonly at: number } | undefined;
  #renewedAt = 0;

  constructor(options: ElectionOptions) {
    this.#options = options;
    const { settings, nodeName } = options;
    const { namespace = "kube-system", name = `vkubelet-${nodeName}` } = settings;
    this.#collection = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    this.path = `${this.#collection}/${name}`;
    this.#identity = settings.identity ?? `${hostname()}_${randomUUID()}`;
    this.#durationSeconds = settings.leaseDurationSeconds ?? 15;
    this.#deadlineMs = (settings.renewDeadlineSeconds ?? 10) * 1_000;
    this.retryMs = (settings.retryPeriodSeconds ?? 2) * 1_000;
  }

  /** One look at the Lease, and a try to write it where it is free or ours. */
  async tryAcquire(signal: AbortSignal): Promise<boolean> {
    const { client, clock } = this.#options;
    const begun = clock.monotonic();
    const lease = await client.get<Lease>(this.path, { signal, absentOn404: true });
    const ours = lease?.spec?.holderIdentity === this.#identity;
    if (lease !== undefined && !ours && this.#isHeld(lease)) return false;
    const time = new Date(clock.now()).toISOString().replace("Z", "000Z");
    const transitions = (lease?.spec?.leaseTransitions ?? 0) + (lease === undefined || ours ? 0 : 1);
    const spec = {
      holderIdentity: this.#identity,
      leaseDurationSeconds: this.#durationSeconds,
      renewTime: time,
      leaseTransitions: transitions,
      ...(ours ? {} : { acquireTime: time }),
    };
    try {
      await this.#write(lease, spec, signal);
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
    this.#renewedAt = begun;
    return true;
  }

  /** Goes on to renew until it is lost or released. */
  hold(): Leadership {
    const { logger } = this.#options;
    const lost = new AbortController();
    const stopped = new AbortController();
    const loop = this.#renewLoop(stopped.signal).catch((error: unknown) => {
      if (stopped.signal.aborted) return;
      logger.error("the leadership is lost", { lease: this.path, error });
      lost.abort(error);
    });
    return {
      lost: lost.signal,
      release: async () => {
        stopped.abort(new Error("the leadership is given up"));
        await loop;
        if (!lost.signal.aborted) await this.#release();
      },
    };
  }

  async #renewLoop(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    for (;;) {
      await clock.sleep(this.retryMs, signal);
      let why: unknown;
      const left = Math.max(1, this.#renewedAt + this.#deadlineMs - clock.monotonic());
      const deadline = startDeadline(clock, left, signal);
      try {
        if (await this.tryAcquire(deadline.signal)) continue;
        await this.#checkHolder(deadline.signal);
      } catch (error) {
        if (signal.aborted || error instanceof Taken) throw error;
        why = error;
        logger.warn("cannot renew the leadership", { error });
      } finally {
        deadline[Symbol.dispose]();
      }
      if (clock.monotonic() - this.#renewedAt >= this.#deadlineMs)
        throw new Error(`the lease was not renewed within ${this.#deadlineMs / 1_000} s`, { cause: why });
    }
  }

  /** Throws when the Lease is somebody else's. */
  async #checkHolder(signal: AbortSignal): Promise<void> {
    const lease = await this.#options.client.get<Lease>(this.path, { signal, absentOn404: true });
    const { holderIdentity = "" } = lease?.spec ?? {};
    if (holderIdentity !== "" && holderIdentity !== this.#identity)
      throw new Taken(`the lease is held by ${holderIdentity}`);
  }

  #isHeld(lease: Lease): boolean {
    const { holderIdentity = "", leaseDurationSeconds = this.#durationSeconds } = lease.spec ?? {};
    const now = this.#options.clock.monotonic();
    const version = lease.metadata?.resourceVersion;
    if (this.#seen?.version !== version || this.#seen === undefined) this.#seen = { version, at: now };
    return holderIdentity !== "" && now - this.#seen.at < leaseDurationSeconds * 1_000;
  }

  async #write(lease: Lease | undefined, spec: object, signal: AbortSignal): Promise<void> {
    const { client } = this.#options;
    if (lease !== undefined) {
      const { resourceVersion } = lease.metadata ?? {};
      await client.patch(this.path, { metadata: { resourceVersion }, spec }, "merge", { signal });
      return;
    }
    const [namespace, , name] = this.path.split("/").slice(-3);
    const metadata = { name, namespace };
    const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
    await client.create(this.#collection, body, { signal });
  }

  async #release(): Promise<void> {
    const { client, clock, logger } = this.#options;
    const deadline = startDeadline(clock, releaseMs, undefined);
    try {
      const { signal } = deadline;
      const lease = await client.get<Lease>(this.path, { signal, absentOn404: true });
      if (lease?.spec?.holderIdentity !== this.#identity) return;
      await this.#write(lease, { holderIdentity: "", leaseDurationSeconds: 1 }, signal);
    } catch (error) {
      logger.warn("cannot give the lease back; others wait for its end", { lease: this.path, error });
    } finally {
      deadline[Symbol.dispose]();
    }
  }
}

class Taken extends Error {}
