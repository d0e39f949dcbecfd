import type { Container, PodSpec } from "@vkubelet/core";
import { effectiveResources, type Quantity } from "@vkubelet/pod";

/** What pods take of their node, held once for all that take the same, as those of one workload do. */
export interface CountedShare {
  /** The little of the spec that counts: names, resources and ports. */
  readonly spec: PodSpec;
  /** The same as text. */
  readonly text: string;
  /** Undefined where a quantity cannot be read. */
  readonly requests: ReadonlyMap<string, Quantity> | undefined;
}

/** The shares of a node's pods, as long as they have them. */
export class CountedShares {
  readonly #shares = new Map<string, { readonly share: CountedShare; pods: number }>();
  #unreadable = 0;

  /** Whether any pod has a quantity that cannot be read. */
  get hasUnreadable(): boolean {
    return this.#unreadable > 0;
  }

  /** The share of one more pod. */
  take(podSpec: PodSpec | undefined): CountedShare {
    const spec = countedPartOf(podSpec);
    const text = JSON.stringify(spec);
    const known = this.#shares.get(text);
    if (known !== undefined) {
      known.pods += 1;
      return known.share;
    }
    const share = { spec, text, requests: requestsOf(spec) };
    this.#shares.set(text, { share, pods: 1 });
    if (share.requests === undefined) this.#unreadable += 1;
    return share;
  }

  /** One pod less has the share. */
  release({ text, requests }: CountedShare): void {
    const known = this.#shares.get(text);
    if (known === undefined) return;
    known.pods -= 1;
    if (known.pods > 0) return;
    this.#shares.delete(text);
    if (requests === undefined) this.#unreadable -= 1;
  }
}

function countedPartOf(spec: PodSpec | undefined): PodSpec {
  const part = (container: Container): Container => ({
    name: container.name,
    ...(container.resources !== undefined && { resources: container.resources }),
    ...(container.ports !== undefined && { ports: container.ports }),
    ...(container.restartPolicy !== undefined && { restartPolicy: container.restartPolicy }),
  });
  return {
    containers: (spec?.containers ?? []).map(part),
    ...(spec?.initContainers !== undefined && { initContainers: spec.initContainers.map(part) }),
    ...(spec?.resources !== undefined && { resources: spec.resources }),
    ...(spec?.overhead !== undefined && { overhead: spec.overhead }),
  };
}

function requestsOf(spec: PodSpec): ReadonlyMap<string, Quantity> | undefined {
  try {
    return effectiveResources(spec).requests;
  } catch {
    // The exact look at all pods, which is taken instead of sums, names the quantity.
    return undefined;
  }
}
