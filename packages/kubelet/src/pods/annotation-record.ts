import { formatPodRef, type Pod, type PodRecord, type PodRef, ProviderError } from "@vkubelet/core";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import { isConflict, isInvalid, isNotFound, KubeApiError } from "../api/kube-api-error.ts";
import { compareResourceVersions } from "../api/resource-version.ts";
import type { LazySignal } from "./lazy-signal.ts";

const maxBytes = 4_096;
const maxRaces = 5;

/**
 * A pod's record as an annotation, written with a resourceVersion precondition. A foreign change elsewhere in the pod
 * is looked at and written over; a foreign change of the annotation itself is a `Conflict`: another kubelet is at work.
 */
export class AnnotationRecord implements PodRecord {
  readonly #client: KubeApiClient;
  readonly #ref: PodRef;
  readonly #annotation: string;
  readonly #stopping: LazySignal;
  /** Of the object as it was last heard of; undefined when there is none. */
  #resourceVersion: string | undefined;
  #text: string | undefined;

  constructor(client: KubeApiClient, ref: PodRef, annotation: string, stopping: LazySignal) {
    this.#client = client;
    this.#ref = ref;
    this.#annotation = annotation;
    this.#stopping = stopping;
  }

  /** Takes a newer pod object into account; undefined when the object is gone. Own writes are never lost by it. */
  observe(pod: Pod | undefined): void {
    if (pod === undefined) this.#resourceVersion = undefined;
    else if (compareResourceVersions(pod.metadata?.resourceVersion, this.#resourceVersion) >= 0)
      this.#take(pod);
  }

  #take({ metadata }: Pod): void {
    this.#resourceVersion = metadata?.resourceVersion;
    this.#text = metadata?.annotations?.[this.#annotation];
  }

  read(): Readonly<Record<string, string>> | undefined {
    if (this.#resourceVersion === undefined) return undefined;
    return this.#text === undefined ? undefined : parseRecord(this.#text, this.#ref);
  }

  async write(entries: Readonly<Record<string, string | null>>): Promise<void> {
    const merged = { ...this.read() };
    for (const [key, value] of Object.entries(entries)) {
      if (value === null) delete merged[key];
      else merged[key] = value;
    }
    const text = JSON.stringify(merged);
    if (text.length > maxBytes) {
      throw new ProviderError(
        "Internal",
        `record of pod ${formatPodRef(this.#ref)} would exceed ${maxBytes} bytes`,
      );
    }
    for (let race = 0; race < maxRaces; race++) {
      if (this.#resourceVersion === undefined)
        throw new ProviderError("NotFound", `pod ${formatPodRef(this.#ref)} is gone`);
      try {
        this.observe(await this.#patch(text, this.#resourceVersion));
        return;
      } catch (error) {
        await this.#afterFailedPatch(error, text);
        // Written by us before, when the reply was lost.
        if (this.#text === text) return;
      }
    }
    throw new ProviderError(
      "Unavailable",
      `record of pod ${formatPodRef(this.#ref)} could not be written: the pod changes all the time`,
    );
  }

  get #path(): string {
    return `/api/v1/namespaces/${this.#ref.namespace}/pods/${this.#ref.name}`;
  }

  #patch(text: string, resourceVersion: string): Promise<Pod> {
    const metadata = {
      uid: this.#ref.uid,
      resourceVersion,
      annotations: { [this.#annotation]: text },
    };
    // The status subresource takes annotations too, and is all that a node's own RBAC may write.
    const options = { answer: "metadata", signal: this.#stopping.signal } as const;
    return this.#client.patch<Pod>(`${this.#path}/status`, { metadata }, "merge", options);
  }

  /** Decides whether the write may be tried again; throws when not. */
  async #afterFailedPatch(error: unknown, text: string): Promise<void> {
    if (isNotFound(error)) {
      this.#resourceVersion = undefined;
      throw new ProviderError("NotFound", `pod ${formatPodRef(this.#ref)} is gone`, { cause: error });
    }
    if (!isConflict(error) && !isInvalid(error)) {
      if (error instanceof KubeApiError) {
        throw new ProviderError(
          "Unavailable",
          `record of pod ${formatPodRef(this.#ref)} could not be written: ${error.message}`,
          { cause: error },
        );
      }
      throw error;
    }
    const before = this.#text;
    const current = await this.#client.get<Pod>(this.#path, {
      signal: this.#stopping.signal,
      absentOn404: true,
    });
    if (current === undefined || current.metadata?.uid !== this.#ref.uid) {
      this.#resourceVersion = undefined;
      throw new ProviderError("NotFound", `pod ${formatPodRef(this.#ref)} is gone`, { cause: error });
    }
    this.#take(current);
    if (this.#text !== before && this.#text !== text) {
      throw new ProviderError(
        "Conflict",
        `record of pod ${formatPodRef(this.#ref)} was changed by somebody else`,
        { cause: error },
      );
    }
  }
}

function parseRecord(text: string, ref: PodRef): Readonly<Record<string, string>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProviderError("InvalidInput", `record of pod ${formatPodRef(ref)} is not JSON`, {
      cause: error,
    });
  }
  if (
    typeof value !== "object" ||
    value === null ||
    Array.isArray(value) ||
    Object.values(value).some((entry) => typeof entry !== "string")
  ) {
    throw new ProviderError("InvalidInput", `record of pod ${formatPodRef(ref)} is not a map of strings`);
  }
  return value as Readonly<Record<string, string>>;
}
