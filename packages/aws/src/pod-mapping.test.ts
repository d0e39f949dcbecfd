import { FieldNotes } from "@vkubelet/pod";
import { resolvedPodOf } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { mapPod } from "./pod-mapping.ts";

const options = {
  region: "eu-west-1",
  hasExecutionRole: true,
  hasTaskRole: false,
  tmpfs: false,
  hostPaths: false,
};

const order = (spec: Parameters<typeof resolvedPodOf>[0], sentinelImage?: string) =>
  Object.fromEntries(
    mapPod(resolvedPodOf(spec), { ...options, sentinelImage }, new FieldNotes()).containers.map(
      ({ name, essential, dependsOn }) => [
        name,
        { essential, after: dependsOn.map((entry) => `${entry.containerName} ${entry.condition}`) },
      ],
    ),
  );

const init = { name: "init", image: "i" };
const sidecar = { name: "proxy", image: "p", restartPolicy: "Always" as const };
const late = { name: "late", image: "l" };
const main = { name: "main", image: "m" };

describe("order of containers", () => {
  it("I8: chains init containers and sidecars as the kubelet starts them", () => {
    expect(order({ initContainers: [init, sidecar, late], containers: [main] })).toEqual({
      init: { essential: false, after: [] },
      proxy: { essential: false, after: ["init SUCCESS"] },
      late: { essential: false, after: ["proxy START"] },
      main: { essential: true, after: ["proxy START", "late SUCCESS"] },
    });
  });

  it("names a sidecar once where it is also the last to wait for", () => {
    expect(order({ initContainers: [sidecar], containers: [main] })["main"]?.after).toEqual(["proxy START"]);
  });

  it("writes files before everything else", () => {
    const mapped = mapPod(
      resolvedPodOf({
        initContainers: [init],
        containers: [{ ...main, volumeMounts: [{ name: "v", mountPath: "/v" }] }],
        volumes: [
          { name: "v", downwardAPI: { items: [{ path: "n", fieldRef: { fieldPath: "metadata.name" } }] } },
        ],
      }),
      options,
      new FieldNotes(),
    );
    expect(mapped.containers.map(({ name }) => name)).toEqual(["vkubelet_writer", "init", "main"]);
    expect(mapped.containers[1]?.dependsOn).toEqual([
      { containerName: "vkubelet_writer", condition: "SUCCESS" },
    ]);
    expect(mapped.containers[2]?.mounts).toEqual([
      { sourceVolume: "v", containerPath: "/v", readOnly: true },
    ]);
  });
});

describe("several main containers", () => {
  const spec = { restartPolicy: "Never" as const, containers: [main, { name: "second", image: "s" }] };

  it("Z5: without a sentinel are all essential, and the mapping says what that means", () => {
    expect(mapPod(resolvedPodOf(spec), options, new FieldNotes()).firstEndStopsOthers).toBe(true);
    expect(order(spec)).toMatchObject({ main: { essential: true }, second: { essential: true } });
  });

  it("Z5: with a sentinel end each by itself", () => {
    expect(order(spec, "busybox")).toEqual({
      main: { essential: false, after: [] },
      second: { essential: false, after: [] },
      vkubelet_sentinel: { essential: true, after: ["main COMPLETE", "second COMPLETE"] },
    });
  });

  it("that restart for ever need no sentinel: the end of any one runs the pod anew", () => {
    expect(order({ ...spec, restartPolicy: "Always" }, "busybox")["vkubelet_sentinel"]).toBeUndefined();
  });
});

describe("what cannot be mapped is an issue at its path", () => {
  const issuesOf = (spec: Parameters<typeof resolvedPodOf>[0], secrets: "reject" | "plain" = "reject") => {
    const notes = new FieldNotes();
    const pod = resolvedPodOf(spec, 0, { secrets: { s: { data: { password: btoa("hunter2") } } } });
    mapPod(pod, { ...options, secrets }, notes);
    return notes.rejected;
  };

  it("secret values in env, envFrom and expanded arguments, without the value", () => {
    const spec = {
      containers: [
        {
          ...main,
          args: ["--password=$(PASSWORD)"],
          envFrom: [{ prefix: "ALL_", secretRef: { name: "s" } }],
          env: [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "s", key: "password" } } }],
        },
      ],
    };
    const issues = issuesOf(spec);
    expect(issues.map(({ path }) => path).sort()).toEqual([
      "spec.containers[0].args[0]",
      "spec.containers[0].envFrom",
      "spec.containers[0].env[0]",
    ]);
    expect(JSON.stringify(issues)).not.toContain("hunter2");
    expect(issues[0]?.message).toContain('secrets: "plain"');
    expect(issuesOf(spec, "plain")).toEqual([]);
  });

  it("values known only after the start", () => {
    const env = [{ name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }];
    expect(issuesOf({ containers: [{ ...main, env }] })).toMatchObject([
      { path: "spec.containers[0].env[0]", message: expect.stringContaining("status.podIP") },
    ]);
  });

  it("claims that no option maps, and volumes of other kinds", () => {
    const spec = {
      containers: [main],
      volumes: [
        { name: "data", persistentVolumeClaim: { claimName: "c" } },
        { name: "node", hostPath: { path: "/dev" } },
      ],
    };
    expect(issuesOf(spec).map(({ path }) => path)).toEqual([
      "spec.volumes[0].persistentVolumeClaim",
      "spec.volumes[1].hostPath",
    ]);
  });

  it("Z2, Z3: more containers than a task takes", () => {
    const containers = Array.from({ length: 11 }, (_, index) => ({ name: `c${index}`, image: "a" }));
    expect(issuesOf({ containers })).toMatchObject([{ path: "spec.containers" }]);
  });

  it("a group without a user, and a user that must not be root but may be", () => {
    const containers = [
      { ...main, securityContext: { runAsGroup: 5 } },
      { name: "b", image: "b", securityContext: { runAsUser: 7 } },
    ];
    const issues = issuesOf({ containers, securityContext: { runAsNonRoot: true } });
    expect(issues.map(({ path }) => path)).toEqual([
      "spec.containers[0].securityContext.runAsGroup",
      "spec.securityContext.runAsNonRoot",
    ]);
  });
});

describe("the token that admission adds", () => {
  const spec = {
    volumes: [
      { name: "kube-api-access-x7k2p", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } },
    ],
    containers: [
      {
        name: "main",
        image: "i",
        volumeMounts: [
          { name: "kube-api-access-x7k2p", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" },
        ],
      },
    ],
  };
  const pod = resolvedPodOf(spec, 0, { token: { token: "t", expiresAt: "2026-01-01T00:00:00Z" } });

  it("F4: is left out by name where it would stand in plain text", () => {
    const notes = new FieldNotes();
    const mapping = mapPod(pod, options, notes);
    expect(mapping.volumes).toEqual([]);
    expect(notes).toMatchObject({ rejected: [], approximated: [{ path: "spec.volumes[0]" }] });
    expect(mapping.containers.map(({ name, mounts }) => [name, mounts])).toEqual([["main", []]]);
  });

  it("F4: is written where plain text is allowed", () => {
    const notes = new FieldNotes();
    const mapping = mapPod(pod, { ...options, secrets: "plain" }, notes);
    expect(mapping.volumes).toEqual([{ name: "kube-api-access-x7k2p", type: "task" }]);
    expect(notes.approximated).toEqual([]);
    expect(mapping.containers.map(({ name }) => name)).toEqual(["vkubelet_writer", "main"]);
  });
});
