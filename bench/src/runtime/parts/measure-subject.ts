import type { PodCensus } from "../cluster/pod-census.ts";
import { openStage } from "../cluster/stage.ts";
import { Meter } from "../measures/meter.ts";
import type { RunningSubject, Subject } from "../subjects/subject.ts";
import { measureBurst } from "./burst.ts";
import { measureIdle } from "./idle.ts";
import { measureRate } from "./measured-rate.ts";
import type { RateResult, SubjectResult } from "./part-result.ts";
import { measureRestart } from "./restart.ts";

/** What is measured in one go. */
export interface SubjectMeasurement {
  readonly subject: Subject;
  readonly pods: number;
  readonly round: number;
  /** 0 leaves the part out. */
  readonly idleSeconds: number;
  readonly report: (line: string) => void;
}

/** Pods created and deleted first: the API server and the subject are cold. */
const warmUpPods = 100;

/** Measures one subject on a control plane of its own, all parts one after the other. */
export async function measureSubject(measurement: SubjectMeasurement): Promise<SubjectResult> {
  const { subject, pods, round, idleSeconds, report } = measurement;
  await using stage = await openStage();
  const { driver } = stage;
  let running: RunningSubject = await subject.start(stage);
  try {
    const meter = () => new Meter(driver.connection, running.pid);
    const remove = (census: PodCensus) => measureRemoval(meter(), census, (names) => driver.delete(names));
    report("warm-up");
    await remove((await measureBurst(driver, meter(), running.pid, warmUpPods)).census);
    report(`${pods} pods at once`);
    const burst = await measureBurst(driver, meter(), running.pid, pods);
    if (idleSeconds > 0) report(`${idleSeconds} s of doing nothing`);
    const idle = idleSeconds > 0 ? await measureIdle(meter(), idleSeconds) : undefined;
    let restart: SubjectResult["restart"];
    if (subject.restarts) {
      report("restart");
      const outcome = await measureRestart(stage, subject, running);
      running = outcome.running;
      restart = outcome.result;
    }
    report("deletion");
    const deletion = await remove(burst.census);
    report("all pods end at once");
    const storm = await measureStorm(driver, meter(), running, pods);
    return {
      ...{ subject: subject.name, pods, round, burst: plain(burst), deletion: plain(deletion) },
      ...(idle !== undefined && { idle }),
      ...(restart !== undefined && { restart }),
      ...(storm !== undefined && { storm }),
    };
  } finally {
    await running.stop();
  }
}

function measureRemoval(
  meter: Meter,
  census: PodCensus,
  remove: (names: readonly string[]) => Promise<void>,
): Promise<RateResult & { census: PodCensus }> {
  const { names } = census;
  return measureRate({
    meter,
    count: names.length,
    state: "gone",
    driverRequests: { "DELETE pods": names.length },
    act: async () => {
      await remove(names);
      return census;
    },
  });
}

/** All pods end by themselves at the same moment. */
async function measureStorm(
  driver: Parameters<typeof measureBurst>[0],
  meter: Meter,
  running: RunningSubject,
  pods: number,
): Promise<RateResult | undefined> {
  const { finishAll } = running;
  if (finishAll === undefined) return undefined;
  const { census } = await measureBurst(driver, meter, running.pid, pods);
  const act = async () => {
    finishAll();
    return census;
  };
  return plain(await measureRate({ meter, count: pods, state: "ended", driverRequests: {}, act }));
}

function plain<T extends { readonly census: PodCensus }>(result: T): Omit<T, "census"> {
  const { census: _, ...rest } = result;
  return rest;
}
