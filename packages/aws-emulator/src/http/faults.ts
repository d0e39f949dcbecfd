/** What goes wrong with one call. */
export type Fault =
  /** The call is not performed and answers this error. */
  | { readonly type: string; readonly status?: number; readonly message?: string }
  /** The call is performed, and the connection is closed instead of answering. */
  | { readonly lostReply: true }
  /** RunTask only: no task is started and the reply holds this failure, as when there is no capacity. */
  | { readonly failure: { readonly reason: string; readonly detail?: string } };

/** The faults to come, by operation, in the order in which they were asked for. */
export class Faults {
  readonly #pending = new Map<string, Fault[]>();

  /** Lets the next call of the operation (that has no fault yet) go wrong. */
  add(operation: string, fault: Fault): void {
    if ("failure" in fault && operation !== "RunTask") {
      throw new TypeError(`failNext(${operation}): a failure in the reply is for RunTask only`);
    }
    const pending = this.#pending.get(operation);
    if (pending) pending.push(fault);
    else this.#pending.set(operation, [fault]);
  }

  /** Takes the fault of this call. */
  take(operation: string): Fault | undefined {
    return this.#pending.get(operation)?.shift();
  }
}
