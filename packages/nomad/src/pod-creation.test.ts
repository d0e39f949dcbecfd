import { isProviderError, type PodNotice, type ResolvedPod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { createJob } from "./pod-creation.ts";
import { FakeNomad, type Fault } from "./testdata/fake-nomad.ts";
import { podContext, resolvedContainer, resolvedPod } from "./testdata/pods.ts";
import { jobId } from "./translate/identity.ts";
import { defaultTranslateOptions } from "./translate/options.ts";

const options = { ...defaultTranslateOptions, nodeName: "vk-1" };

function podWithSecret(secret = "s3cret"): ResolvedPod {
  const value = { parts: [secret], secret: true };
  return resolvedPod({
    containers: [resolvedContainer("app", { env: [{ name: "TOKEN", value, source: "secret" }] })],
  });
}

const faults: readonly (Fault & { readonly name: string })[] = [
  { name: "before the look", operation: "readJob", when: "before" },
  { name: "after the look", operation: "readJob", when: "after" },
  { name: "before the variables", operation: "putVariable", when: "before" },
  {
    name: "between variables and registration, reply of the variable lost",
    operation: "putVariable",
    when: "after",
  },
  { name: "between variables and registration", operation: "registerJob", when: "before" },
  { name: "after the registration, before the reply", operation: "registerJob", when: "after" },
];

describe("createJob", () => {
  it.each(faults)("makes exactly one job when the connection breaks $name", async (fault) => {
    const nomad = new FakeNomad();
    const pod = podWithSecret();
    nomad.fault = fault;
    await expect(createJob(nomad, pod, options, podContext())).rejects.toMatchObject({ code: "Unavailable" });
    nomad.fault = undefined;
    // The next call comes from another process: nothing is remembered here.
    await createJob(nomad, pod, options, podContext());
    await createJob(nomad, pod, options, podContext());
    const id = jobId("vk-1", pod.ref.uid);
    expect([...nomad.jobs.keys()]).toEqual([id]);
    expect(nomad.variables.get(`nomad/jobs/${id}/pod/app`)).toEqual({ e0: "s3cret" });
    const registered = nomad.calls.filter((call) => call.operation === "registerJob");
    expect(registered.length).toBe(fault.operation === "registerJob" && fault.when === "before" ? 2 : 1);
  });

  it("writes the variables before the job, and nothing of them into the job", async () => {
    const nomad = new FakeNomad();
    await createJob(nomad, podWithSecret(), options, podContext());
    expect(nomad.calls.map((call) => call.operation)).toEqual(["readJob", "putVariable", "registerJob"]);
    expect(JSON.stringify([...nomad.bodies.values()])).not.toContain("s3cret");
  });

  it("tells what is approximated when it makes the job, and not when the job is there", async () => {
    const nomad = new FakeNomad();
    const notices: PodNotice[] = [];
    const pod = resolvedPod({ spec: { terminationGracePeriodSeconds: 45 } });
    for (let call = 0; call < 2; call += 1) await createJob(nomad, pod, options, podContext({ notices }));
    expect(notices).toEqual([
      {
        type: "Normal",
        reason: "FieldsApproximated",
        message: expect.stringContaining("spec.terminationGracePeriodSeconds: "),
      },
    ]);
  });

  it("keeps what was created first, its secrets too", async () => {
    const nomad = new FakeNomad();
    await createJob(nomad, podWithSecret("old"), options, podContext());
    await createJob(nomad, podWithSecret("new"), options, podContext());
    expect([...nomad.variables.values()]).toEqual([{ e0: "old" }]);
  });

  it("leaves a job that has ended alone", async () => {
    const nomad = new FakeNomad();
    const pod = resolvedPod();
    await createJob(nomad, pod, options, podContext());
    await nomad.deregisterJob(jobId("vk-1", pod.ref.uid), { purge: false }, new AbortController().signal);
    await createJob(nomad, pod, options, podContext());
    expect(nomad.calls.filter((call) => call.operation === "registerJob")).toHaveLength(1);
  });

  it("adopts a job that appears between look and registration", async () => {
    const nomad = new FakeNomad();
    const pod = resolvedPod();
    await createJob(nomad, pod, options, podContext());
    const read = nomad.readJob.bind(nomad);
    let looks = 0;
    nomad.readJob = async (id, signal) => {
      looks += 1;
      return looks === 1 ? undefined : await read(id, signal);
    };
    await createJob(nomad, pod, options, podContext());
    expect(looks).toBe(2);
    expect(nomad.jobs.size).toBe(1);
  });

  it("refuses a job of the same ID that is not the pod's", async () => {
    const nomad = new FakeNomad();
    const pod = resolvedPod();
    const id = jobId("vk-1", pod.ref.uid);
    nomad.jobs.set(id, {
      ID: id,
      Stop: false,
      Status: "running",
      ModifyIndex: 1,
      JobModifyIndex: 1,
      Meta: {},
    });
    const error = await createJob(nomad, pod, options, podContext()).catch((caught: unknown) => caught);
    expect(isProviderError(error) && error).toMatchObject({ code: "Conflict", reason: "NomadJobForeign" });
  });

  it("creates nothing when the look-up fails", async () => {
    const nomad = new FakeNomad();
    nomad.fault = { operation: "readJob", when: "before" };
    await expect(createJob(nomad, resolvedPod(), options, podContext())).rejects.toMatchObject({
      code: "Unavailable",
    });
    expect(nomad.calls.map((call) => call.operation)).toEqual(["readJob"]);
  });

  it("rejects with the reason of an abort, unwrapped", async () => {
    const reason = new Error("not wanted");
    const context = podContext({ signal: AbortSignal.abort(reason) });
    await expect(createJob(new FakeNomad(), resolvedPod(), options, context)).rejects.toBe(reason);
  });

  it("passes Nomad's warnings on", async () => {
    const nomad = new FakeNomad();
    nomad.registerJob = () => Promise.resolve("memory oversubscription is not enabled");
    const notices: never[] = [];
    await createJob(nomad, resolvedPod(), options, podContext({ notices }));
    expect(notices).toEqual([
      { type: "Warning", reason: "NomadWarning", message: "memory oversubscription is not enabled" },
    ]);
  });
});
