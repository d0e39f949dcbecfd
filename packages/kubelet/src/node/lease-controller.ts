import type { Clock, Logger, ObjectMeta } from "@vkubelet/core";
import { startDeadline } from "../api/deadline.ts";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { isConflict, isNotFound } from "../api/kube-api-error.ts";

/** Options of {@link LeaseController}. */
export interface LeaseControllerOptions {
  readonly client: KubeApiClient;
  readonly nodeName: string;
  /** UID of the Node as it is now, to which the Lease belongs; undefined while it is not known. */
  readonly nodeUid: () => string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Lease {
  readonly metadata: Pick<ObjectMeta, "ownerReferences">;
  readonly spec: object;
}

const durationSeconds = 40;
const renewMs = 10_000;
const retryMs = 1_000;
/** A renewal that hangs must leave time for others before the Lease is over. */
const limitMs = 10_000;

const collection = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

/**
 * Renews the node's Lease in kube-node-lease every 10 s (duration 40 s, the kubelet's defaults): the heartbeat by which
 * the control plane knows that the node lives. The Lease belongs to the Node, with which it is collected: after the Node
 * was made anew it is given to the new one. A missing Lease is created; failures are repeated every second.
 */
export class LeaseController {
  readonly #options: LeaseControllerOptions;
  readonly #abort = new AbortController();
  #failing = false;
  #renewedAt = 0;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: LeaseControllerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error("the kubelet stops"));
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#options;
    const signal = this.#abort.signal;
    while (!signal.aborted) {
      try {
        await this.#renew();
        if (this.#failing) logger.info("the node lease is renewed again");
        this.#failing = false;
      } catch (error) {
        if (signal.aborted) return;
        if (!this.#failing) logger.warn("cannot renew the node lease", { error });
        this.#failing = true;
      }
      await clock.sleep(this.#failing ? retryMs : renewMs, signal).catch(() => {});
    }
  }

  async #renew(): Promise<void> {
    using deadline = startDeadline(this.#options.clock, limitMs, this.#abort.signal);
    try {
      await this.#write(deadline.signal);
    } catch (error) {
      if (!deadline.exceeded) throw error;
      throw new Error(`no answer from the API server within ${limitMs / 1_000} s`, { cause: error });
    }
  }

  async #write(signal: AbortSignal): Promise<void> {
    const { client, nodeName } = this.#options;
    const lease = this.#lease();
    try {
      await client.patch(`${collection}/${nodeName}`, lease, "merge", { signal });
      return;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    const metadata = { ...lease.metadata, name: nodeName, namespace: "kube-node-lease" };
    const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", ...lease, metadata };
    try {
      await client.create(collection, body, { signal });
    } catch (error) {
      // Created by another process between the two: renewed at the next turn.
      if (!isConflict(error)) throw error;
    }
  }

  #lease(): Lease {
    const { nodeName, nodeUid, clock } = this.#options;
    const uid = nodeUid();
    const owner = { apiVersion: "v1", kind: "Node", name: nodeName, uid: uid ?? "" };
    // The control plane takes only a later time for a sign of life, also from a node whose time was set back.
    this.#renewedAt = Math.max(clock.now(), this.#renewedAt + 1);
    // MicroTime wants six digits.
    const renewTime = new Date(this.#renewedAt).toISOString().replace("Z", "000Z");
    return {
      metadata: uid === undefined ? {} : { ownerReferences: [owner] },
      spec: { holderIdentity: nodeName, leaseDurationSeconds: durationSeconds, renewTime },
    };
  }
}
