import type { ResolvedPod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { createJob } from "./pod-creation.ts";
import { updateVariables } from "./pod-update.ts";
import { FakeNomad } from "./testdata/fake-nomad.ts";
import { podContext, resolvedContainer, resolvedPod } from "./testdata/pods.ts";
import { jobId } from "./translate/identity.ts";
import { defaultTranslateOptions } from "./translate/options.ts";

const options = { ...defaultTranslateOptions, nodeName: "vk-1" };

function podWithFile(content: string, image = "a:1"): ResolvedPod {
  const file = { path: "token", content: new TextEncoder().encode(content), mode: 0o600, secret: true };
  const mounts = [{ volume: "v", mountPath: "/m", readOnly: true }];
  return resolvedPod({
    containers: [resolvedContainer("app", { mounts, image })],
    volumes: [{ name: "v", type: "files", files: [file] }],
  });
}

describe("updateVariables", () => {
  it("carries changed secrets to the job's variables, whatever a core is by now", async () => {
    const nomad = new FakeNomad();
    await createJob(nomad, podWithFile("old"), options, podContext());
    await updateVariables(nomad, podWithFile("new"), { ...options, mhzPerCore: 3_000 }, podContext());
    expect([...nomad.variables.values()]).toEqual([{ f0: btoa("new") }]);
    expect(nomad.calls.filter((call) => call.operation === "registerJob")).toHaveLength(1);
  });

  it("leaves the environment as it was started, whatever it would be by now", async () => {
    const nomad = new FakeNomad();
    const started = (content: string, env: Readonly<Record<string, string>>) => {
      const pod = podWithFile(content);
      const variables = Object.entries(env).map(([name, text]) => ({
        name,
        value: { parts: [text], secret: name.startsWith("SECRET") },
        source: "configMap" as const,
      }));
      return { ...pod, containers: pod.containers.map((container) => ({ ...container, env: variables })) };
    };
    const first = started("old", { SECRET_A: "a", SECRET_B: "b", PLAIN: "one" });
    await createJob(nomad, first, options, podContext());
    const later = started("new", { SECRET_A: "", "SECRET-C": "no name for Nomad", PLAIN: "two", MORE: "x" });
    await updateVariables(nomad, later, options, podContext());
    expect([...nomad.variables.values()]).toEqual([{ e0: "a", e1: "b", f0: btoa("new") }]);
  });

  it("refuses what would change the job, and writes nothing", async () => {
    const nomad = new FakeNomad();
    await createJob(nomad, podWithFile("old"), options, podContext());
    const changed = updateVariables(nomad, podWithFile("new", "a:2"), options, podContext());
    await expect(changed).rejects.toMatchObject({ code: "Unsupported", reason: "NomadJobImmutable" });
    expect([...nomad.variables.values()]).toEqual([{ f0: btoa("old") }]);
  });

  it("knows no pod that is not there, or is stopped", async () => {
    const nomad = new FakeNomad();
    const pod = podWithFile("x");
    await expect(updateVariables(nomad, pod, options, podContext())).rejects.toMatchObject({
      code: "NotFound",
    });
    await createJob(nomad, pod, options, podContext());
    await nomad.deregisterJob(jobId("vk-1", pod.ref.uid), { purge: false }, new AbortController().signal);
    await expect(updateVariables(nomad, pod, options, podContext())).rejects.toMatchObject({
      code: "NotFound",
    });
  });
});
