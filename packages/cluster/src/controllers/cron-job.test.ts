import { describe, expect, it } from "vitest";
import type { Json } from "../api/objects.ts";
import { createFixture, settle, start } from "../testdata/fixture.ts";
import { cronJobController } from "./cron-job.ts";

const minute = 60_000;

function begin(spec: Json = {}) {
  const fixture = createFixture();
  const run = start(fixture, (context) => [cronJobController(context)]);
  const { registry, type, store } = fixture;
  const template = { spec: { containers: [{ name: "c", image: "x" }], restartPolicy: "Never" } };
  registry.create(type("cronjobs.batch"), "default", {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "tick" },
    spec: { schedule: "*/10 * * * *", jobTemplate: { spec: { template } }, ...spec },
  });
  const jobs = () => store.list(type("jobs.batch"), "default");
  const end = async (name: string, outcome: string) => {
    const time = new Date(fixture.clock.now()).toISOString();
    registry.mutate(
      type("jobs.batch"),
      "default",
      name,
      (job) => ({
        ...job,
        status: {
          startTime: time,
          ...(outcome === "Complete" ? { completionTime: time } : {}),
          conditions: [{ type: outcome, status: "True" }],
        },
      }),
      { subresource: "status" },
    );
    await settle();
  };
  const status = () => store.get(type("cronjobs.batch"), "default", "tick")?.status;
  const reasons = () => store.list(type("events"), "default").map((event) => event["reason"]);
  return { fixture, run, jobs, end, status, reasons };
}

describe("CronJobs", () => {
  it("start a Job at each time of the schedule and note it", async () => {
    const { fixture, run, jobs, status } = begin({ timeZone: "Europe/Berlin" });
    await settle();
    expect(jobs()).toEqual([]);
    await fixture.clock.advance(10 * minute);
    const [job] = jobs();
    expect(job?.metadata).toMatchObject({
      name: `tick-${Date.parse("2026-01-01T00:10:00Z") / minute}`,
      annotations: { "batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-01-01T01:10:00+01:00" },
    });
    expect(status()).toMatchObject({
      lastScheduleTime: "2026-01-01T00:10:00Z",
      active: [{ kind: "Job", name: job?.metadata.name, uid: job?.metadata.uid }],
    });
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it("keep as many ended Jobs as the limits say", async () => {
    const { fixture, run, jobs, end, status } = begin({
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 0,
    });
    for (const outcome of ["Complete", "Complete", "Failed"]) {
      await fixture.clock.advance(10 * minute);
      await end(jobs().at(-1)?.metadata.name ?? "", outcome);
    }
    expect(jobs().map(({ metadata }) => metadata.name)).toEqual([
      `tick-${Date.parse("2026-01-01T00:20:00Z") / minute}`,
    ]);
    expect(status().active).toBeUndefined();
    expect(status().lastSuccessfulTime).toContain("2026-01-01T00:20:00");
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it.each([
    ["Allow", 2],
    ["Forbid", 1],
    ["Replace", 1],
  ])("%s: %s Jobs after two times", async (concurrencyPolicy, count) => {
    const { fixture, run, jobs, reasons } = begin({ concurrencyPolicy });
    await fixture.clock.advance(10 * minute);
    const first = jobs()[0]?.metadata.uid;
    await fixture.clock.advance(10 * minute);
    expect(jobs()).toHaveLength(count);
    expect(jobs().some(({ metadata }) => metadata.uid === first)).toBe(concurrencyPolicy !== "Replace");
    expect(reasons().includes("JobAlreadyActive")).toBe(concurrencyPolicy === "Forbid");
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it("start nothing while suspended, and afterwards only the last time missed, if not too late", async () => {
    const { fixture, run, jobs } = begin({ suspend: true, startingDeadlineSeconds: 200 });
    await fixture.clock.advance(34 * minute);
    const resume = (suspend: boolean) =>
      fixture.registry.mutate(fixture.type("cronjobs.batch"), "default", "tick", (cronJob) => {
        cronJob.spec.suspend = suspend;
        return cronJob;
      });
    resume(false);
    await settle();
    expect(jobs()).toEqual([]);
    resume(true);
    await fixture.clock.advance(8 * minute);
    resume(false);
    await settle();
    expect(jobs().map(({ metadata }) => metadata.name)).toEqual([
      `tick-${Date.parse("2026-01-01T00:40:00Z") / minute}`,
    ]);
    await run.stop();
    expect(run.errors).toEqual([]);
  });

  it.each([
    [{ schedule: "x" }, "spec.schedule"],
    [{ schedule: "TZ=UTC * * * * *" }, "spec.schedule"],
    [{ timeZone: "Nowhere/Land" }, "spec.timeZone"],
    [{ concurrencyPolicy: "Never" }, "spec.concurrencyPolicy"],
  ])("refuse %j", (spec, field) => {
    expect(() => begin(spec)).toThrow(field);
  });
});
