/**
 * A signal that exists only while somebody uses it: a node has thousands of pods, most of them at rest, and a signal for
 * each would weigh as much as the pod's status.
 */
export class LazySignal {
  #controller: AbortController | undefined;
  #aborted: { readonly reason: unknown } | undefined;

  get aborted(): boolean {
    return this.#aborted !== undefined;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#aborted ??= { reason };
    this.#controller?.abort(this.#aborted.reason);
  }

  /** Nothing that was given the signal goes on. */
  rest(): void {
    this.#controller = undefined;
  }
}
