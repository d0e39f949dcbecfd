import type { Container, Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { resolveLifecycles, stopSignalOf } from "./lifecycle.ts";

function podOf(lifecycle: Container["lifecycle"], more: Partial<Container> = {}): Pod {
  const container: Container = { name: "c", ...(lifecycle && { lifecycle }), ...more };
  return { spec: { terminationGracePeriodSeconds: 10, containers: [container] } };
}

function hookOf(preStop: object, more: Partial<Container> = {}) {
  const { lifecycles, issues } = resolveLifecycles(podOf({ preStop }, more));
  expect(issues).toEqual([]);
  return lifecycles[0]?.preStop;
}

function issuesOf(lifecycle: NonNullable<Container["lifecycle"]>): readonly string[] {
  return resolveLifecycles(podOf(lifecycle)).issues.map(({ path, message }) => `${path}: ${message}`);
}

describe("resolveLifecycles", () => {
  it("V6: exec hooks run as written, nothing is expanded", () => {
    const env = [{ name: "A", value: "a" }];
    expect(hookOf({ exec: { command: ["echo", "$(A)", "$$"] } }, { env })).toEqual({
      type: "exec",
      command: ["echo", "$(A)", "$$"],
    });
  });

  it("G10: HTTP hooks have defaults as probes, and another user agent", () => {
    const ports = [{ name: "web", containerPort: 8080 }];
    expect(hookOf({ httpGet: { port: "web" } }, { ports })).toMatchObject({
      type: "httpGet",
      scheme: "http",
      port: 8080,
      path: "/",
      headers: [{ name: "User-Agent", value: "kube-lifecycle/1.36" }, { name: "Accept" }],
    });
    expect(issuesOf({ postStart: { httpGet: { port: "nope" } } })).toEqual([
      'spec.containers[0].lifecycle.postStart.httpGet.port: the container has no port named "nope"',
    ]);
  });

  it("G10: a tcpSocket hook is legal, and there is nothing to say of it: it always fails", () => {
    expect(hookOf({ tcpSocket: { port: "nope" } })).toEqual({ type: "tcpSocket" });
  });

  it("G9: both hooks of a container stand together; one without any is not listed", () => {
    const { lifecycles } = resolveLifecycles(
      podOf({ postStart: { sleep: { seconds: 1 } }, preStop: { sleep: {} }, stopSignal: "SIGUSR1" }),
    );
    expect(lifecycles).toEqual([
      {
        container: "c",
        postStart: { type: "sleep", seconds: 1 },
        preStop: { type: "sleep", seconds: 0 },
        stopSignal: "SIGUSR1",
      },
    ]);
    expect(resolveLifecycles(podOf({})).lifecycles).toEqual([]);
    expect(resolveLifecycles({})).toEqual({ lifecycles: [], issues: [] });
  });

  it("G2: a sleep may not outlast the pod's grace", () => {
    expect(hookOf({ sleep: { seconds: 10 } })).toEqual({ type: "sleep", seconds: 10 });
    expect(issuesOf({ preStop: { sleep: { seconds: 11 } } })).toEqual([
      "spec.containers[0].lifecycle.preStop.sleep.seconds: must be from 0 to terminationGracePeriodSeconds (10), but is 11",
    ]);
  });

  it("names what can never work: no handler, two, an empty command, no signal's name", () => {
    const path = "spec.containers[0].lifecycle";
    expect(issuesOf({ preStop: {} })).toEqual([
      `${path}.preStop: must have one handler of: exec, httpGet, tcpSocket, sleep`,
    ]);
    expect(issuesOf({ preStop: { sleep: {}, tcpSocket: { port: 1 } } })).toEqual([
      `${path}.preStop: may not have more than one handler, but has: sleep, tcpSocket`,
    ]);
    expect(issuesOf({ preStop: { exec: { command: [] } } })).toEqual([
      `${path}.preStop.exec.command: must have a command to run`,
    ]);
    expect(issuesOf({ stopSignal: "15" })).toEqual([
      `${path}.stopSignal: must be the name of a signal such as SIGTERM, but is "15"`,
    ]);
  });

  it("R7: sidecars have hooks, ordinary init and ephemeral containers do not", () => {
    const lifecycle = { preStop: { sleep: { seconds: 1 } } };
    const { lifecycles, issues } = resolveLifecycles({
      spec: {
        containers: [{ name: "main" }],
        initContainers: [
          { name: "side", restartPolicy: "Always", lifecycle },
          { name: "init", lifecycle },
        ],
        ephemeralContainers: [{ name: "debug", lifecycle }],
      },
    });
    expect(lifecycles.map(({ container }) => container)).toEqual(["side"]);
    expect(issues.map(({ path }) => path)).toEqual([
      "spec.initContainers[1].lifecycle",
      "spec.ephemeralContainers[0].lifecycle",
    ]);
  });
});

describe("stopSignalOf", () => {
  it("G7: the pod's signal, else the image's, else SIGTERM", () => {
    const own: Container = { name: "c", lifecycle: { stopSignal: "SIGUSR1" } };
    expect(stopSignalOf(own, "SIGQUIT")).toBe("SIGUSR1");
    expect(stopSignalOf({ name: "c" }, "SIGQUIT")).toBe("SIGQUIT");
    expect(stopSignalOf({ name: "c" }, "")).toBe("SIGTERM");
    expect(stopSignalOf({ name: "c", lifecycle: {} })).toBe("SIGTERM");
  });
});
