/** What goes wrong with one call. */
export type Fault =
  /** The call is not performed and answers this error. */
  | { readonly type: string; readonly status?: number; readonly message?: string }
  /** The call is performed, and the connection is closed instead of answering. */
  | { readonly lostReply: true }
  /** The call is not performed, and nothing comes back until the client closes the connection. */
  | { readonly hang: true }
  /** RunTask only: no task is started and the reply holds this failure, as when there is no capacity. */
  | { readonly failure: { readonly reason: string; readonly detail?: string } };

/** A fault that is to come. */
export interface PlannedFault {
  /** Resolves when a call has met it. */
  readonly met: Promise<void>;
}

interface PendingFault {
  readonly fault: Fault;
  readonly meet: () => void;
}

/** The faults to come, by operation, in the order in which they were asked for. */
export class Faults {
  readonly #pending = new Map<string, PendingFault[]>();

  /** Lets the next call of the operation (that has no fault yet) go wrong. */
  add(operation: string, fault: Fault): PlannedFault {
    if ("failure" in fault && operation !== "RunTask") {
      throw new TypeError(`failNext(${operation}): a failure in the reply is for RunTask only`);
    }
    const { promise: met, resolve: meet } = Promise.withResolvers<void>();
    this.#pending.set(operation, [...(this.#pending.get(operation) ?? []), { fault, meet }]);
    return { met };
  }

  /** Takes the fault of this call. */
  take(operation: string): Fault | undefined {
    const pending = this.#pending.get(operation)?.shift();
    pending?.meet();
    return pending?.fault;
  }
}
