import type { Clock, Container, Provider } from "@vkubelet/core";

/** A container without its name: what the author of a provider gives for a workload. */
export type WorkloadContainer = Omit<Container, "name">;

/**
 * How a backend is told what a container does. Only {@link runs} must be there: a backend that cannot express one of
 * the others leaves it out, and the cases that need it are reported as skipped, with that reason.
 */
export interface ContractWorkloads {
  /** Runs until it is asked to stop, and ends soon after that. */
  runs(): WorkloadContainer;
  /** Prints the lines to standard output, then ends with the code. */
  exits?(code: number, lines?: readonly string[]): WorkloadContainer;
  /** Prints the lines to standard output, then runs until it is asked to stop. */
  prints?(lines: readonly string[]): WorkloadContainer;
  /**
   * Prints the only line of the file at the path, and prints it again whenever it has changed; runs until it is asked
   * to stop. Left out where a pod cannot have files.
   */
  printsFile?(path: string): WorkloadContainer;
  /** Prints `ready`, then runs, takes no notice of the stop signal and ends only when it is killed. */
  ignoresStop?(): WorkloadContainer;
  /** Prints `ready`, then runs until the stop signal, on which it ends by itself with the code. */
  endsOnStop?(code: number): WorkloadContainer;
  /** A command that can be run in a container of {@link runs}. Left out where none can. */
  command?(program: CommandProgram): readonly string[];
  /** A container that this backend can never run, and the path of the offending field below the container: `image`. */
  impossible?(): { readonly container: WorkloadContainer; readonly field: string };
}

/** What a command does that is run in a container. Without anything, it ends at once with 0. */
export interface CommandProgram {
  /** Written to standard output, and then to standard error. */
  readonly prints?: string;
  readonly printsErrors?: string;
  /** Copies its input to its output, to the end of the input. */
  readonly echoes?: boolean;
  /** Goes on until it is ended. */
  readonly waits?: boolean;
  readonly exitCode?: number;
}

/** What can go wrong with one kind of request to the backend. */
export type FaultKind =
  /** The backend cannot be reached, or answers that it is out of order. */
  | "unavailable"
  /** The backend answers that there were too many requests. */
  | "throttled"
  /** The backend refuses the credentials. */
  | "unauthorized"
  /** The backend has no room for another pod. */
  | "capacity"
  /** The request takes effect, and its answer never comes back. */
  | "loseReply"
  /** The first requests of the call are answered, and a later one fails as the backend being out of order. */
  | "partial";

/**
 * Plans a fault for the requests to come, enough of them that retries inside the provider's client do not hide it.
 * It is over before the provider's method is called a second time.
 */
export type PlanFault = () => void | Promise<void>;

/** A request that is to hang. */
export interface PlannedHang {
  /** Resolves when the backend has the request: from then on nothing but an abort ends the call. */
  readonly arrived: Promise<void>;
}

/** What can go wrong with one kind of request. */
export interface RequestFaults extends Readonly<Partial<Record<FaultKind, PlanFault>>> {
  /** Plans that no answer comes to the next request, and nothing happens, until the caller gives up. */
  readonly hang?: () => PlannedHang | Promise<PlannedHang>;
}

/**
 * The faults that the author can bring about, by what the request is for. Whatever is left out skips the cases that
 * need it.
 */
export interface ContractFaults {
  /** The request that starts a run. */
  readonly create?: RequestFaults;
  /** The look-up before a create. */
  readonly find?: RequestFaults;
  /** The requests of `listPods`. */
  readonly list?: RequestFaults;
  /** The request that stops a run. */
  readonly stop?: RequestFaults;
  /** The requests of `watchPods`, at once for one that is open. */
  readonly watch?: RequestFaults;
  /** The requests of `checkHealth`. */
  readonly health?: RequestFaults;
}

/** What the author of a provider gives to the contract's cases: a fresh one for each case. */
export interface ProviderUnderTest {
  /** Nothing that another case made may be listed by it: a directory, a node name or a cluster of its own. */
  readonly provider: Provider;
  /**
   * The process of the provider dies, and another one starts on the same backend. Memory is lost; what runs, runs on.
   * The old provider is not used afterwards.
   */
  reopen(): Promise<Provider>;
  /**
   * A provider of another node at the same backend; left out where a backend has one node only. The case disposes of
   * it.
   */
  neighbour?(): Promise<Provider>;
  readonly workloads: ContractWorkloads;
  readonly faults?: ContractFaults;
  /** How many runs were ever started at the backend for the UID, counted by the backend and not by the provider. */
  runsOf?(uid: string): Promise<number>;
  /** The time of every call and of every wait. Default: the wall clock. A `SkippingClock` does not wait for it. */
  readonly clock?: Clock;
  /** Milliseconds that a call or a wait may last, by the clock. Default 60000. */
  readonly limitMs?: number;
  /** Milliseconds between two listings of a wait, by the clock. Default 100. */
  readonly pollIntervalMs?: number;
  /** Stops what the case left running and frees everything. */
  close(): Promise<void>;
}
