import type { EmulatorClock } from "./clock.ts";
import type { ImageConfiguration } from "./tasks/images.ts";

/** Settings of {@link startAwsEmulator}; all have defaults. */
export interface AwsEmulatorOptions {
  /** Defaults to `127.0.0.1`. Whoever reaches the port runs commands as this user. */
  readonly address?: string;
  /** Defaults to 0: a free one. */
  readonly port?: number;
  /** Defaults to `us-east-1`. */
  readonly region?: string;
  /** Source of all times and timeouts. Defaults to the wall clock. */
  readonly clock?: EmulatorClock;
  /** For volumes and working directories. Defaults to a temporary one, removed at the end. */
  readonly directory?: string;
  /**
   * What images would run by themselves. A container without entrypoint and command, whose image is unknown here,
   * stops with CannotPullContainerError; so does every container whose image is of the registry `missing.invalid`.
   */
  readonly images?: (image: string) => ImageConfiguration | undefined;
  /**
   * What stands in Secrets Manager and Parameter Store, by what `valueFrom` of a container's secret says. What is not
   * there keeps the task from starting.
   */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Whether an image that `images` does not know cannot be pulled, even for a container with a command. */
  readonly strictImages?: boolean;
  /**
   * Private IPv4 address of every task. Defaults to an own one of 10.0.0.0/16 at which nothing answers; the ports of
   * tasks are truly open on this machine, so `127.0.0.1` reaches them.
   */
  readonly taskAddress?: string;
  /** How long states last in which nothing happens here (PROVISIONING, …), in milliseconds. Defaults to 0. */
  readonly transitionMs?: number;
  /** Eventual consistency: how long what was started is missing from lists and descriptions. Defaults to 0. */
  readonly visibilityDelayMs?: number;
  /** What Batch's default queue runs at once, in whole vCPUs; jobs beyond stay RUNNABLE. Defaults to 16. */
  readonly batchVcpus?: number;
}
