import type { Stage } from "../cluster/stage.ts";
import { Meter } from "../measures/meter.ts";
import { podWrites, requestsBetween } from "../measures/request-counts.ts";
import type { Figures } from "../results/figures.ts";
import type { RunningSubject } from "../subjects/running-subject.ts";
import type { Subject } from "../subjects/subject.ts";

/** Kills the subject with its pods running and starts it again; answers the new process too. */
export async function measureRestart(
  stage: Stage,
  subject: Subject,
  running: RunningSubject,
  signal: AbortSignal,
): Promise<{ readonly figures: Figures; readonly running: RunningSubject }> {
  const before = await new Meter(stage.driver.connection, running.pid).settled(signal);
  await running.kill();
  const start = performance.now();
  const again = await subject.start(stage);
  const restartSeconds = (performance.now() - start) / 1_000;
  const after = await new Meter(stage.driver.connection, again.pid).settled(signal);
  const repeated = again.repeatedCreates?.();
  return {
    running: again,
    figures: {
      restartSeconds,
      restartPodWrites: podWrites(requestsBetween(before.requests, after.requests)),
      ...(repeated !== undefined && { restartRepeatedCreates: repeated }),
    },
  };
}
