import type { EmulatorClock } from "../clock.ts";
import type { HealthCheckPlan } from "./container-plan.ts";

/** One look at a container's health, ended by `signal`; answers whether the command ended with 0 in time. */
export type HealthProbe = (command: readonly string[], signal: AbortSignal) => Promise<boolean>;

/**
 * Runs a health check until `signal` aborts. Docker's rules, to which ECS refers: a first success makes HEALTHY,
 * `retries` failures in a row UNHEALTHY, failures within `startPeriod` do not count before a success, and the first look
 * is one interval after the start.
 */
export async function watchHealth(
  plan: HealthCheckPlan,
  clock: EmulatorClock,
  probe: HealthProbe,
  report: (health: "HEALTHY" | "UNHEALTHY") => void,
  signal: AbortSignal,
): Promise<void> {
  const [kind, ...words] = plan.command;
  if (kind === "NONE") return;
  const command = kind === "CMD-SHELL" ? ["/bin/sh", "-c", words.join(" ")] : words;
  const begin = clock.now();
  let failures = 0;
  let wasHealthy = false;
  while (await slept(plan.interval, clock, signal)) {
    const healthy = await withTimeout(plan.timeout, clock, signal, (bound) => probe(command, bound));
    if (signal.aborted) return;
    if (healthy) {
      failures = 0;
      wasHealthy = true;
      report("HEALTHY");
    } else if (wasHealthy || clock.now() - begin >= plan.startPeriod) {
      failures += 1;
      if (failures >= plan.retries) report("UNHEALTHY");
    }
  }
}

async function slept(milliseconds: number, clock: EmulatorClock, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(milliseconds, signal);
    return true;
  } catch (error) {
    if (!signal.aborted) throw error;
    return false;
  }
}

async function withTimeout(
  milliseconds: number,
  clock: EmulatorClock,
  signal: AbortSignal,
  work: (bound: AbortSignal) => Promise<boolean>,
): Promise<boolean> {
  const done = new AbortController();
  const late = new AbortController();
  const timer = clock.sleep(milliseconds, AbortSignal.any([signal, done.signal])).then(
    () => late.abort(),
    // Ended in time, or the container ended.
    () => undefined,
  );
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    done.abort();
    await timer;
  }
}
