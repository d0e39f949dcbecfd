import type { Stage } from "../cluster/stage.ts";
import { Meter } from "../measures/meter.ts";
import { podWrites, requestsBetween } from "../measures/request-counts.ts";
import type { RunningSubject, Subject } from "../subjects/subject.ts";
import type { RestartResult } from "./part-result.ts";

/** Kills the subject with its pods running and starts it again; answers the new process too. */
export async function measureRestart(
  stage: Stage,
  subject: Subject,
  running: RunningSubject,
): Promise<{ readonly result: RestartResult; readonly running: RunningSubject }> {
  const before = await new Meter(stage.driver.connection, running.pid).settled();
  await running.kill();
  const start = performance.now();
  const again = await subject.start(stage);
  const readySeconds = (performance.now() - start) / 1_000;
  const after = await new Meter(stage.driver.connection, again.pid).settled();
  const repeatedCreates = again.repeatedCreates?.();
  return {
    running: again,
    result: {
      readySeconds,
      podWrites: podWrites(requestsBetween(before.requests, after.requests)),
      ...(repeatedCreates !== undefined && { repeatedCreates }),
    },
  };
}
