import { isProviderError } from "@vkubelet/core";
import { expect, it } from "vitest";
import { applyDefaults } from "./apply-defaults.ts";

const pod = (spec: object) => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec });

it("a pod gets what SetDefaults_* sets, and keeps what is set", () => {
  const container = {
    name: "c",
    image: "nginx",
    ports: [{ containerPort: 80 }],
    livenessProbe: { httpGet: { port: 80 }, periodSeconds: 3 },
  };
  const { spec } = applyDefaults(
    pod({ containers: [container], dnsPolicy: "None", volumes: [{ name: "v" }] }),
  );
  expect(spec).toEqual({
    containers: [
      {
        name: "c",
        image: "nginx",
        imagePullPolicy: "Always",
        ports: [{ containerPort: 80, protocol: "TCP" }],
        livenessProbe: {
          httpGet: { port: 80, path: "/", scheme: "HTTP" },
          periodSeconds: 3,
          timeoutSeconds: 1,
          successThreshold: 1,
          failureThreshold: 3,
        },
        resources: {},
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
      },
    ],
    dnsPolicy: "None",
    enableServiceLinks: true,
    restartPolicy: "Always",
    schedulerName: "default-scheduler",
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    volumes: [{ name: "v", emptyDir: {} }],
  });
});

it("E1: a missing request is the limit, in pods and not in templates", () => {
  const resources = { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m" } };
  const spec = { containers: [{ name: "c", image: "a", resources }] };
  expect(applyDefaults(pod(spec)).spec).toMatchObject({
    containers: [{ resources: { requests: { cpu: "500m", memory: "1Gi" } } }],
  });
  const deployment = { kind: "Deployment", spec: { template: { spec } } };
  const templated = applyDefaults(deployment).spec.template.spec.containers[0];
  expect(templated?.resources).toEqual(resources);
});

it("Q4: amounts finer than a thousandth are rounded up, the others keep their text", () => {
  const limits = { cpu: "0.0001", memory: "0.5Gi" };
  const { spec } = applyDefaults(pod({ containers: [{ name: "c", image: "a", resources: { limits } }] }));
  expect(spec).toMatchObject({ containers: [{ resources: { limits: { cpu: "1m", memory: "0.5Gi" } } }] });
});

it("admission is played only where it is asked for, step by step", () => {
  const spec = { containers: [{ name: "c", image: "a" }] };
  expect(Object.keys(applyDefaults(pod(spec)).spec)).not.toContain("tolerations");
  const tolerated = applyDefaults(pod(spec), { admission: ["DefaultTolerationSeconds"] }).spec;
  expect(tolerated).toMatchObject({ tolerations: [{ tolerationSeconds: 300 }, { tolerationSeconds: 300 }] });
  expect(tolerated).not.toHaveProperty("serviceAccountName");
  expect(applyDefaults(pod(spec), { admission: true }).spec).toMatchObject({
    serviceAccountName: "default",
    priority: 0,
    volumes: [{ name: expect.stringMatching(/^kube-api-access-.{5}$/), projected: { defaultMode: 420 } }],
  });
});

it("applied again it changes nothing, and never the input", () => {
  const given = pod({
    hostNetwork: true,
    resources: { limits: { cpu: "2" } },
    containers: [
      { name: "c", image: "a:1", ports: [{ containerPort: 1 }], resources: { limits: { cpu: "1" } } },
    ],
  });
  const before = structuredClone(given);
  const once = applyDefaults(given, { admission: true });
  expect(given).toEqual(before);
  expect(applyDefaults(once, { admission: true })).toEqual(once);
});

it("fields of a wrong type are left alone", () => {
  for (const spec of [
    "x",
    7,
    [],
    { containers: "x" },
    { containers: [1, null], volumes: {} },
    { resources: [] },
  ]) {
    const given = { kind: "Pod", spec };
    expect(applyDefaults(given, { admission: true }).kind).toBe("Pod");
    expect(applyDefaults({ kind: "Job", metadata: 1, spec }).kind).toBe("Job");
    expect(applyDefaults({ kind: "StatefulSet", spec: { template: spec } }).kind).toBe("StatefulSet");
  }
});

it("other kinds are refused by name", () => {
  try {
    applyDefaults({ kind: "toString" });
    expect.unreachable();
  } catch (error) {
    expect(isProviderError(error) && [error.code, error.message]).toEqual([
      "Unsupported",
      expect.stringContaining('"toString"'),
    ]);
  }
});
