import type { Pod } from "@vkubelet/core";

/** Texts that few pods have, such as times, are forgotten from time to time with the rest. */
const mostTexts = 2_048;

const specFields = ["dnsPolicy", "preemptionPolicy", "schedulerName", "serviceAccountName"];
const containerFields = ["image", "imagePullPolicy", "terminationMessagePath"];
const conditionFields = ["type", "lastTransitionTime"];

/**
 * Lets pods that came as JSON share the texts that many have in common: images, policies, names of conditions, times. A
 * parser makes a new one of each, which is a good part of what ten thousand pods of a few workloads take. Fields are
 * named one by one: to look at all that is in a pod takes a tenth of the kubelet's time.
 */
export class SharedTexts {
  readonly #texts = new Map<string, string>();

  /** Puts the shared texts in the place of the pod's own. */
  shareIn({ metadata, spec, status }: Pod): void {
    this.#share(metadata, ["creationTimestamp"]);
    this.#share(spec, specFields);
    this.#shareInEach(spec?.containers, containerFields);
    this.#shareInEach(spec?.initContainers, containerFields);
    this.#share(status, ["startTime"]);
    this.#shareInEach(status?.conditions, conditionFields);
    for (const statuses of [status?.containerStatuses, status?.initContainerStatuses]) {
      this.#shareInEach(statuses, ["image"]);
      for (const { state } of statuses ?? []) this.#share(state?.running, ["startedAt"]);
    }
  }

  #shareInEach(holders: readonly object[] | undefined, fields: readonly string[]): void {
    for (const holder of holders ?? []) this.#share(holder, fields);
  }

  #share(holder: object | null | undefined, fields: readonly string[]): void {
    if (holder === undefined || holder === null) return;
    const texts = holder as Record<string, unknown>;
    for (const field of fields) {
      const text = texts[field];
      if (typeof text === "string") texts[field] = this.#shared(text);
    }
  }

  #shared(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= mostTexts) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}
