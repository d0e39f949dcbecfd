import type { Container } from "@vkubelet/core";
import { acceptAnnotation } from "@vkubelet/pod";
import { resolvedPodOf } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { fargateTranslator } from "./translate-pod.ts";

const options = { nodeName: "n", region: "eu-west-1", cluster: "c", subnets: ["s"] };
const exec = (...command: string[]) => ({ exec: { command } });

function translate(fields: object, accept?: string, list: "containers" | "initContainers" = "containers") {
  const main = { name: "main", image: "a" };
  const pod = resolvedPodOf({
    containers: [list === "containers" ? { ...main, ...fields } : main],
    ...(list === "initContainers" ? { initContainers: [{ ...main, name: "init", ...fields }] } : {}),
  });
  const annotations = accept === undefined ? {} : { [acceptAnnotation]: accept };
  const { requests, report } = fargateTranslator.translate(
    { ...pod, pod: { ...pod.pod, metadata: { ...pod.pod.metadata, annotations } } },
    options,
  );
  const paths = (disposition: string) =>
    report.entries.filter((entry) => entry.disposition === disposition).map(({ path }) => path);
  return {
    containers: requests?.registerTaskDefinition.containerDefinitions,
    check: requests?.registerTaskDefinition.containerDefinitions?.[0]?.healthCheck,
    marks: requests?.runTask.overrides?.containerOverrides?.[0]?.environment?.find(
      ({ name }) => name === "VKUBELET_HEALTH_CHECKS",
    )?.value,
    rejected: paths("reject"),
    approximated: paths("approx"),
    report,
  };
}

describe("exec probes", () => {
  it("R1: become the health check, with the defaults of the API as near as ECS takes them", () => {
    const { check, marks } = translate({ readinessProbe: exec("cat", "/ready") });
    expect(check).toEqual({ command: ["CMD", "cat", "/ready"], interval: 10, timeout: 2, retries: 3 });
    expect(marks).toBe("main=readiness");
  });

  it("V6: are expanded by literal variables alone", () => {
    const env = [
      { name: "FILE", value: "/ok" },
      { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ];
    const { check } = translate({ env, livenessProbe: exec("test", "$(FILE)", "$(POD)", "$(NONE)") });
    expect(check?.command).toEqual(["CMD", "test", "/ok", "", "$(NONE)"]);
  });

  it("are clamped to what ECS takes, and say so number by number", () => {
    const { check, approximated } = translate({
      livenessProbe: {
        ...exec("true"),
        initialDelaySeconds: 400,
        periodSeconds: 1,
        timeoutSeconds: 90,
        failureThreshold: 20,
      },
    });
    expect(check).toMatchObject({ interval: 5, timeout: 60, retries: 10, startPeriod: 300 });
    expect(approximated).toEqual(
      ["", ".periodSeconds", ".timeoutSeconds", ".failureThreshold", ".initialDelaySeconds"].map(
        (field) => `spec.containers[0].livenessProbe${field}`,
      ),
    );
  });

  it("of one command share the check; the time for the start is its start period", () => {
    const { check, marks, rejected } = translate({
      livenessProbe: exec("ok"),
      readinessProbe: { ...exec("ok"), successThreshold: 2 },
      startupProbe: { ...exec("ok"), failureThreshold: 12, periodSeconds: 5 },
    });
    expect(check).toMatchObject({ command: ["CMD", "ok"], startPeriod: 60 });
    expect(marks).toBe("main=liveness,readiness,startup");
    expect(rejected).toEqual([]);
  });

  it("of another command are refused by path, unless the pod accepts less", () => {
    const probes = { livenessProbe: exec("ok"), readinessProbe: exec("ready") };
    expect(translate(probes).rejected).toEqual(["spec.containers[0].readinessProbe"]);
    const { check, marks, report } = translate(probes, "spec.containers[].readinessProbe");
    expect(check?.command).toEqual(["CMD", "ok"]);
    expect(marks).toBe("main=liveness");
    expect(report.entries).toContainEqual({
      path: "spec.containers[0].readinessProbe",
      disposition: "approx",
      reason: "accepted by the pod: the container is ready as soon as it runs",
    });
  });

  it("of a sidecar gate what follows only where they judge its start", () => {
    const sidecar = { restartPolicy: "Always", startupProbe: exec("up") };
    const { containers } = translate(sidecar, undefined, "initContainers");
    expect(containers?.[1]?.dependsOn).toEqual([{ containerName: "init", condition: "HEALTHY" }]);
    const { containers: others } = translate(
      { ...sidecar, startupProbe: undefined, readinessProbe: exec("up") },
      undefined,
      "initContainers",
    );
    expect(others?.[1]?.dependsOn).toEqual([{ containerName: "init", condition: "START" }]);
  });

  it("R7: are none of an init container", () => {
    expect(translate({ livenessProbe: exec("ok") }, undefined, "initContainers").rejected).toEqual([
      "spec.initContainers[0].livenessProbe",
    ]);
  });
});

describe("what only a host could run", () => {
  const fields: Partial<Container> = {
    livenessProbe: { httpGet: { port: 80 } },
    readinessProbe: { tcpSocket: { port: 80 } },
    startupProbe: { grpc: { port: 80 } },
    lifecycle: { preStop: { sleep: { seconds: 5 } }, postStart: exec("x") },
  };
  const paths = Object.keys(fields)
    .flatMap((field) => (field === "lifecycle" ? ["lifecycle.postStart", "lifecycle.preStop"] : [field]))
    .map((field) => `spec.containers[0].${field}`);

  it("is refused by path", () => {
    expect(translate(fields).rejected.toSorted()).toEqual(paths.toSorted());
  });

  it("can be left out by annotation, and the report says what that means", () => {
    const { rejected, approximated, check } = translate(fields, paths.join(" "));
    expect(rejected).toEqual([]);
    expect(approximated.toSorted()).toEqual(paths.toSorted());
    expect(check).toBeUndefined();
  });
});
