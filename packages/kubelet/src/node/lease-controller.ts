import type { Clock, Logger, ObjectMeta } from "@vkubelet/core";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { isConflict } from "../api/kube-api-error.ts";

/** Options of {@link LeaseController}. */
export interface LeaseControllerOptions {
  readonly client: KubeApiClient;
  readonly nodeName: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Lease {
  readonly metadata?: ObjectMeta;
}

const durationSeconds = 40;
const renewMs = 10_000;
const retryMs = 1_000;

/**
 * Renews the node's Lease in kube-node-lease every 10 s (duration 40 s, the kubelet's defaults): the heartbeat by which
 * the control plane knows that the node lives. A missing lease is created; failures are repeated every second.
 */
export class LeaseController {
  readonly #options: LeaseControllerOptions;
  readonly #abort = new AbortController();
  #failing = false;
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
    const { client, nodeName, clock } = this.#options;
    const signal = this.#abort.signal;
    const collection = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    // MicroTime wants six digits.
    const renewTime = new Date(clock.now()).toISOString().replace("Z", "000Z");
    const spec = { holderIdentity: nodeName, leaseDurationSeconds: durationSeconds, renewTime };
    const path = `${collection}/${nodeName}`;
    const current = await client.get<Lease>(path, { signal, absentOn404: true });
    if (current !== undefined) {
      await client.patch(path, { spec }, "merge", { signal });
      return;
    }
    const node = await client.get<{ metadata?: ObjectMeta }>(`/api/v1/nodes/${nodeName}`, {
      signal,
      absentOn404: true,
    });
    const uid = node?.metadata?.uid;
    try {
      await client.create(
        collection,
        {
          apiVersion: "coordination.k8s.io/v1",
          kind: "Lease",
          metadata: {
            name: nodeName,
            namespace: "kube-node-lease",
            ...(uid === undefined
              ? {}
              : { ownerReferences: [{ apiVersion: "v1", kind: "Node", name: nodeName, uid }] }),
          },
          spec,
        },
        { signal },
      );
    } catch (error) {
      // Created by another process between the look and the create: renewed at the next turn.
      if (!isConflict(error)) throw error;
    }
  }
}
