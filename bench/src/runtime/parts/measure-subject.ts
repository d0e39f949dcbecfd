import { openStage } from "../cluster/stage.ts";
import type { Figures, Phase } from "../results/figures.ts";
import type { Measurement } from "../results/run-results.ts";
import { Phases } from "./phases.ts";
import { type MeasurementPlan, SubjectRun, type Taken } from "./subject-run.ts";

/**
 * Measures one subject on a control plane of its own, all phases one after the other. A phase that fails ends it; what
 * was measured before stands, with the reason.
 */
export async function measureSubject(plan: MeasurementPlan): Promise<Measurement> {
  const { subject, pods, round, report } = plan;
  const phases = new Phases();
  const taken: Taken = { figures: {}, requestsPerPod: {} };
  let failure: Measurement["failure"];
  let version: string | undefined;
  try {
    version = await subject.version();
    report("start");
    await using stage = await openStage();
    await using run = await SubjectRun.start(plan, stage, phases);
    await run.measure(taken);
  } catch (error) {
    failure = failureOf(phases.current, error as Error);
    report(`failed in ${phases.current}: ${(error as Error).message}`);
  }
  return {
    ...{ subject: subject.name, ...(version !== undefined && { version }), pods, round },
    ...{ ...taken, figures: rounded(taken.figures) },
    ...(failure !== undefined && { failure }),
  };
}

/** More digits than these are noise. */
function rounded(figures: Figures): Figures {
  return Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(4))]),
  );
}

/** One line of the reason; the rest is a log, whose file is gone by then. */
function failureOf(phase: Phase, error: Error): NonNullable<Measurement["failure"]> {
  const [first = ""] = error.message.split("\n");
  return { phase, reason: first.replace(/; log \S+$/, "") };
}
