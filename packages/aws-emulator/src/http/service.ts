import type { Fault } from "./faults.ts";

/** One operation: request in, reply out, both as JSON values; throws ServiceErrors. */
export type Operation = (input: unknown, fault?: Fault) => unknown;

/** A service of the emulator. */
export interface Service {
  /** By the name that the SDK uses, such as `RunTask`. */
  readonly operations: Readonly<Record<string, Operation>>;
}
