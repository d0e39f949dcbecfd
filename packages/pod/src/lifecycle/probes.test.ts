import type { Container, Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { resolveProbes } from "./probes.ts";

const tcp = { tcpSocket: { port: 80 } };

function podOf(container: Partial<Container>, grace?: number): Pod {
  const spec = { containers: [{ name: "c", ...container }] };
  return {
    spec: { ...spec, ...(grace !== undefined && { terminationGracePeriodSeconds: grace }) },
  };
}

function only(container: Partial<Container>, grace?: number) {
  const { probes, issues } = resolveProbes(podOf(container, grace));
  expect(issues).toEqual([]);
  expect(probes).toHaveLength(1);
  return probes[0];
}

function issuesOf(container: Partial<Container>): readonly string[] {
  const { probes, issues } = resolveProbes(podOf(container));
  expect(probes).toEqual([]);
  return issues.map(({ path, message }) => `${path}: ${message}`);
}

describe("resolveProbes", () => {
  it("R1: fills in every default; 0 counts as not set", () => {
    const defaults = {
      container: "c",
      action: { type: "tcpSocket", port: 80 },
      initialDelaySeconds: 0,
      periodSeconds: 10,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
    };
    expect(only({ readinessProbe: tcp })).toEqual({ ...defaults, kind: "readiness" });
    expect(only({ readinessProbe: { ...tcp, periodSeconds: 0, failureThreshold: 0 } })).toEqual({
      ...defaults,
      kind: "readiness",
    });
  });

  it("R1, G4: the grace of a kill is the probe's own, else the pod's, else 30 s; readiness has none", () => {
    const own = { ...tcp, terminationGracePeriodSeconds: 5 };
    expect(only({ livenessProbe: own }, 60)?.terminationGracePeriodSeconds).toBe(5);
    expect(only({ startupProbe: tcp }, 60)?.terminationGracePeriodSeconds).toBe(60);
    expect(only({ livenessProbe: tcp })?.terminationGracePeriodSeconds).toBe(30);
    expect(only({ readinessProbe: tcp }, 60)).not.toHaveProperty("terminationGracePeriodSeconds");
  });

  it("R1: success of liveness and startup takes one result, that of readiness as many as asked", () => {
    const twice = { ...tcp, successThreshold: 2 };
    expect(only({ readinessProbe: twice })?.successThreshold).toBe(2);
    expect(issuesOf({ livenessProbe: twice })).toEqual([
      "spec.containers[0].livenessProbe.successThreshold: must be 1",
    ]);
    expect(issuesOf({ startupProbe: twice })).toHaveLength(1);
  });

  it("V6: exec commands know the literal texts of the container's env alone", () => {
    const probe = only({
      env: [
        { name: "A", value: "a" },
        { name: "B", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      ],
      livenessProbe: { exec: { command: ["sh", "$(A)-$(B)-$(C)"] } },
    });
    expect(probe?.action).toEqual({ type: "exec", command: ["sh", "a--$(C)"] });
  });

  it("R5: an HTTP request has the kubelet's defaults", () => {
    expect(only({ livenessProbe: { httpGet: { port: 8080 } } })?.action).toEqual({
      type: "httpGet",
      scheme: "http",
      port: 8080,
      path: "/",
      headers: [
        { name: "User-Agent", value: "kube-probe/1.36" },
        { name: "Accept", value: "*/*" },
      ],
    });
  });

  it("R5: stated headers win, repeat, and Host stands apart; an empty Accept takes it away", () => {
    const httpHeaders = [
      { name: "host", value: "example.org" },
      { name: "X-A", value: "1" },
      { name: "X-A", value: "2" },
      { name: "user-agent", value: "me" },
      { name: "accept", value: "" },
    ];
    const httpGet = { port: 1, scheme: "HTTPS", host: "10.0.0.1", path: "a?b=c", httpHeaders };
    expect(only({ livenessProbe: { httpGet } })?.action).toEqual({
      type: "httpGet",
      scheme: "https",
      host: "10.0.0.1",
      port: 1,
      path: "/a?b=c",
      hostHeader: "example.org",
      headers: [
        { name: "X-A", value: "1" },
        { name: "X-A", value: "2" },
        { name: "user-agent", value: "me" },
      ],
    });
  });

  it.each([
    ["", "/"],
    ["?a=b", "/?a=b"],
    ["/x#y", "/x"],
    ["http://elsewhere:1/x?y", "/x?y"],
  ])("R5: path %j is asked for as %s", (path, target) => {
    const probe = only({ livenessProbe: { httpGet: { port: 1, path } } });
    expect(probe?.action).toMatchObject({ path: target });
  });

  it("R5: ports go by number, by the container port's name, or by a number in text", () => {
    const ports = [{ name: "web", containerPort: 8080 }];
    const portOf = (port: number | string) => only({ ports, livenessProbe: { tcpSocket: { port } } })?.action;
    expect(portOf("web")).toEqual({ type: "tcpSocket", port: 8080 });
    expect(portOf("81")).toEqual({ type: "tcpSocket", port: 81 });
    expect(issuesOf({ ports, livenessProbe: { httpGet: { port: "wep" } } })).toEqual([
      'spec.containers[0].livenessProbe.httpGet.port: the container has no port named "wep"',
    ]);
    expect(issuesOf({ livenessProbe: { tcpSocket: { port: 65536 } } })).toEqual([
      "spec.containers[0].livenessProbe.tcpSocket.port: must be a port from 1 to 65535, but is 65536",
    ]);
  });

  it("R5: grpc asks for the server as a whole unless a service is named", () => {
    expect(only({ livenessProbe: { grpc: { port: 9 } } })?.action).toEqual({
      type: "grpc",
      port: 9,
      service: "",
    });
    expect(only({ livenessProbe: { grpc: { port: 9, service: "x" } } })?.action).toMatchObject({
      service: "x",
    });
    expect(issuesOf({ livenessProbe: { grpc: { port: 0 } } })).toHaveLength(1);
  });

  it("names what can never work: no handler, two, an empty command, another scheme, negative numbers", () => {
    const path = "spec.containers[0].readinessProbe";
    expect(issuesOf({ readinessProbe: {} })).toEqual([
      `${path}: must have one handler of: exec, httpGet, tcpSocket, grpc`,
    ]);
    expect(issuesOf({ readinessProbe: { ...tcp, exec: { command: ["a"] } } })).toEqual([
      `${path}: may not have more than one handler, but has: tcpSocket, exec`,
    ]);
    expect(issuesOf({ readinessProbe: { exec: {} } })).toEqual([
      `${path}.exec.command: must have a command to run`,
    ]);
    expect(issuesOf({ readinessProbe: { httpGet: { port: 1, scheme: "FTP" } } })).toEqual([
      `${path}.httpGet.scheme: must be HTTP or HTTPS, but is "FTP"`,
    ]);
    expect(issuesOf({ readinessProbe: { ...tcp, periodSeconds: -1 } })).toEqual([
      `${path}.periodSeconds: must be 0 or more`,
    ]);
    expect(issuesOf({ readinessProbe: { ...tcp, terminationGracePeriodSeconds: 1 } })).toEqual([
      `${path}.terminationGracePeriodSeconds: cannot be set on a readiness probe: it kills nothing`,
    ]);
    expect(issuesOf({ livenessProbe: { ...tcp, terminationGracePeriodSeconds: 0 } })).toHaveLength(1);
  });

  it("R7: sidecars are probed after main containers; ordinary init and ephemeral containers never", () => {
    const { probes, issues } = resolveProbes({
      spec: {
        containers: [{ name: "main", livenessProbe: tcp, startupProbe: tcp }],
        initContainers: [
          { name: "side", restartPolicy: "Always", readinessProbe: tcp },
          { name: "init", livenessProbe: tcp },
        ],
        ephemeralContainers: [{ name: "debug", readinessProbe: tcp }],
      },
    });
    expect(probes.map(({ container, kind }) => `${container} ${kind}`)).toEqual([
      "main startup",
      "main liveness",
      "side readiness",
    ]);
    expect(issues).toEqual([
      {
        path: "spec.initContainers[1].livenessProbe",
        message: "only main containers and sidecars can be probed",
      },
      {
        path: "spec.ephemeralContainers[0].readinessProbe",
        message: "only main containers and sidecars can be probed",
      },
    ]);
  });
});
