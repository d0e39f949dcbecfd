/** What a part costs beside its bytes: many small ones must not take more memory than few large ones. */
const partCost = 64;

/**
 * Bytes on their way from a connection to one reader. It bounds nothing itself: whoever fills it looks at `cost` and
 * stops the connection. The reader iterates once; when it leaves, what is there and what comes is dropped.
 */
export class ByteQueue implements AsyncIterable<Uint8Array> {
  readonly #onTaken: () => void;
  #parts: Uint8Array[] = [];
  #first = 0;
  #cost = 0;
  #end: { readonly error?: Error } | undefined;
  #isLeft = false;
  #wake: (() => void) | undefined;

  /** `onTaken` is called whenever `cost` went down. */
  constructor(onTaken: () => void = () => {}) {
    this.#onTaken = onTaken;
  }

  /** Memory that waits for the reader, in bytes. */
  get cost(): number {
    return this.#cost;
  }

  /** Whether nothing more may be put in. */
  get isEnded(): boolean {
    return this.#end !== undefined;
  }

  push(part: Uint8Array): void {
    if (this.#isLeft || this.#end !== undefined || part.length === 0) return;
    this.#parts.push(part);
    this.#cost += part.length + partCost;
    this.#wakeReader();
  }

  /** The reader gets what is there, and then no more. */
  end(): void {
    this.#end ??= {};
    this.#wakeReader();
  }

  /** The reader gets what is there, and then the error. */
  fail(error: Error): void {
    this.#end ??= { error };
    this.#wakeReader();
  }

  #wakeReader(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const part = this.#take();
        if (part !== undefined) yield part;
        else if (this.#end !== undefined) {
          if (this.#end.error !== undefined) throw this.#end.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.discard();
    }
  }

  /** What is there and what comes is not wanted. */
  discard(): void {
    this.#isLeft = true;
    this.#parts = [];
    this.#first = 0;
    this.#cost = 0;
    this.#onTaken();
  }

  #take(): Uint8Array | undefined {
    const part = this.#parts[this.#first];
    if (part === undefined) return undefined;
    this.#first += 1;
    if (this.#first === this.#parts.length) {
      this.#parts = [];
      this.#first = 0;
    }
    this.#cost -= part.length + partCost;
    this.#onTaken();
    return part;
  }
}
