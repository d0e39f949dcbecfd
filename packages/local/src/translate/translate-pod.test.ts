import type { PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { shell } from "../test-support.ts";
import { host, resolveSpec } from "../testdata/translated.ts";
import type { LocalHost } from "./process-plan.ts";
import { localTranslator } from "./translate-pod.ts";

/** A pod as the API server stores it, with everything that defaulting and admission add. */
const defaulted = {
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 30,
  dnsPolicy: "ClusterFirst",
  serviceAccountName: "default",
  serviceAccount: "default",
  nodeName: "local",
  securityContext: {},
  schedulerName: "default-scheduler",
  priority: 0,
  enableServiceLinks: true,
  preemptionPolicy: "PreemptLowerPriority",
  tolerations: [{ key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" }],
  containers: [
    {
      ...shell("main", "true"),
      resources: {},
      imagePullPolicy: "Always",
      terminationMessagePath: "/dev/termination-log",
      terminationMessagePolicy: "File",
      volumeMounts: [],
    },
  ],
} as unknown as PodSpec;

function issuesOf(spec: PodSpec, on: LocalHost = host): readonly string[] {
  return localTranslator
    .translate(resolveSpec(spec), on)
    .report.entries.flatMap(({ path, disposition }) => (disposition === "reject" ? [path] : []));
}

function dispositionsOf(spec: PodSpec, on: LocalHost): readonly string[] {
  return localTranslator
    .translate(resolveSpec(spec), on)
    .report.entries.flatMap(({ path, disposition }) => (/security/.test(path) ? [disposition] : []));
}

function withContainer(fields: object): PodSpec {
  return { containers: [{ ...shell("main", "true"), ...fields }] };
}

describe("localTranslator", () => {
  it("F3: defaults of the API never reject a pod", () => {
    expect(issuesOf(defaulted)).toEqual([]);
  });

  it("says that the image plays no part", () => {
    const { report } = localTranslator.translate(resolveSpec(defaulted), host);
    const image = report.entries.find(({ path }) => path === "spec.containers[0].image");
    expect(image?.disposition).toBe("approx");
    expect(image?.reason).toContain("runs on this machine");
    expect(image?.reason).toContain("PATH");
  });

  it("is the same for the same input", () => {
    expect(localTranslator.translate(resolveSpec(defaulted), host)).toEqual(
      localTranslator.translate(resolveSpec(defaulted), host),
    );
  });

  it.each([
    [
      "a probe",
      withContainer({ livenessProbe: { exec: { command: ["true"] } } }),
      "spec.containers[0].livenessProbe",
    ],
    [
      "a hook that cannot work",
      withContainer({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }),
      "spec.containers[0].lifecycle.preStop.sleep.seconds",
    ],
    ["a terminal", withContainer({ tty: true }), "spec.containers[0].tty"],
    [
      "another user",
      withContainer({ securityContext: { runAsUser: 1 } }),
      "spec.containers[0].securityContext.runAsUser",
    ],
    [
      "a privilege",
      withContainer({ securityContext: { privileged: true } }),
      "spec.containers[0].securityContext.privileged",
    ],
    ["a field of the future", withContainer({ teleport: true }), "spec.containers[0].teleport"],
  ])("rejects %s by path", (_what, spec, path) => {
    expect(issuesOf(spec)).toEqual([expect.stringContaining(path)]);
  });

  it("accepts the user that processes have anyway", () => {
    expect(issuesOf(withContainer({ securityContext: { runAsUser: 1000, runAsNonRoot: true } }))).toEqual([]);
    const root = { ...host, uid: 0 };
    expect(issuesOf(withContainer({ securityContext: { runAsNonRoot: true } }), root)).toEqual([
      "spec.containers[0].securityContext.runAsNonRoot",
    ]);
  });

  it("rejects a container without command, and a kind of volume that is not here, at once", () => {
    const spec: PodSpec = {
      volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }],
      initContainers: [{ name: "i", image: "x" }],
      containers: [shell("main", "true")],
    };
    expect([...issuesOf(spec)].sort()).toEqual([
      "spec.initContainers[0].command",
      expect.stringContaining("spec.volumes[0].persistentVolumeClaim"),
    ]);
  });

  it("V1: an image that is mapped to a program needs no command, and args follow it", () => {
    const images = { busybox: { command: ["/bin/busybox", "sh"] } };
    const argv = (fields: object) =>
      localTranslator.translate(
        resolveSpec({ containers: [{ name: "main", image: "busybox:1", ...fields }] }),
        {
          ...host,
          images,
        },
      ).requests?.containers[0]?.argv;
    expect(argv({})).toEqual(["/bin/busybox", "sh"]);
    expect(argv({ args: ["-c", "true"] })).toEqual(["/bin/busybox", "sh", "-c", "true"]);
    expect(argv({ command: ["true"] })).toEqual(["true"]);
    expect(argv({ image: "other" })).toBeUndefined();
  });

  it("without mount namespaces: only a hostPath at its own path, and the token is left out", () => {
    const reject: LocalHost = { ...host, mounts: "reject" };
    const spec = (mountPath: string): PodSpec => ({
      volumes: [{ name: "v", hostPath: { path: "/srv" } }],
      containers: [{ ...shell("main", "true"), volumeMounts: [{ name: "v", mountPath }] }],
    });
    expect(issuesOf(spec("/srv"), reject)).toEqual([]);
    expect(issuesOf(spec("/data"), reject)).toEqual(["spec.containers[0].volumeMounts[0]"]);
    expect(issuesOf(spec("/data"))).toEqual([]);
  });

  it("H3, H4: hostAliases and DNS of the pod's own are files of the container, which need mount namespaces", () => {
    const hostAliases = [{ ip: "192.0.2.1", hostnames: ["a"] }];
    const dnsConfig = { searches: ["b.example"], options: [{ name: "ndots", value: "2" }] };
    const spec = { ...withContainer({}), hostAliases, dnsConfig } as PodSpec;
    const resolver = { servers: ["192.0.2.53"], searches: ["example"], options: ["rotate"] };
    const planned = (dnsPolicy: "Default" | "None") =>
      localTranslator.translate(resolveSpec({ ...spec, dnsPolicy } as PodSpec), { ...host, resolver })
        .requests?.containers[0];
    expect(planned("Default")).toMatchObject({
      hosts: { names: [], aliases: hostAliases },
      resolver: {
        servers: ["192.0.2.53"],
        searches: ["example", "b.example"],
        options: ["rotate", "ndots:2"],
      },
    });
    expect(planned("None")).toMatchObject({
      resolver: { servers: [], searches: ["b.example"], options: ["ndots:2"] },
    });
    expect(
      [...issuesOf({ ...spec, dnsPolicy: "None" } as PodSpec, { ...host, mounts: "reject" })].sort(),
    ).toEqual([
      expect.stringContaining("spec.dnsConfig"),
      "spec.dnsPolicy",
      expect.stringContaining("spec.hostAliases"),
    ]);
  });

  it("H1, H2: a hostname of its own and the lines for it, but not on the host's network", () => {
    const spec = { ...withContainer({}), hostname: "web", subdomain: "sub" } as PodSpec;
    const on = { ...host, hostname: "own" } as const;
    const planned = (more: object) =>
      localTranslator.translate(
        {
          ...resolveSpec({ ...spec, ...more } as PodSpec),
          network: { kernelHostname: "web.sub.ns.svc.c", domain: "sub.ns.svc.c", hostAliases: [] },
        },
        on,
      ).requests?.containers[0];
    expect(planned({})).toMatchObject({
      hostname: "web.sub.ns.svc.c",
      hosts: { names: ["web.sub.ns.svc.c", "web"], aliases: [] },
    });
    expect(planned({ hostNetwork: true })).not.toHaveProperty("hostname");
    expect(planned({ hostNetwork: true })).not.toHaveProperty("hosts");
    const found = (where: LocalHost) =>
      localTranslator
        .translate(resolveSpec(spec), where)
        .report.entries.find(({ path }) => path === "spec.hostname")?.disposition;
    expect([found(on), found(host)]).toEqual(["exact", "approx"]);
  });

  it("refuses to put a secret on a command line", () => {
    const valueFrom = { secretKeyRef: { name: "s", key: "key" } };
    expect(issuesOf(withContainer({ env: [{ name: "not.a.name", valueFrom }] }))).toEqual([
      "spec.containers[0].env",
    ]);
    expect(issuesOf(withContainer({ env: [{ name: "A_NAME", valueFrom }] }))).toEqual([]);
  });

  it("accounts for every field that is present", () => {
    const { report } = localTranslator.translate(
      resolveSpec(withContainer({ ports: [{ containerPort: 80, protocol: "TCP" }] })),
      host,
    );
    const paths = report.entries.map(({ path }) => path);
    expect(paths.some((path) => path.startsWith("spec.containers[0].ports"))).toBe(true);
    expect(paths.some((path) => path.startsWith("spec.containers[0].command"))).toBe(true);
  });

  it("takes what a root process has anyway: all capabilities, and every privilege", () => {
    const securityContext = { privileged: true, capabilities: { add: ["SYS_ADMIN"] } };
    const spec = { containers: [{ ...shell("main", "true"), securityContext }] };
    expect(dispositionsOf(spec, { ...host, uid: 0, gid: 0 })).toEqual(["approx", "approx"]);
    expect(dispositionsOf(spec, host)).toEqual(["reject", "reject"]);
  });
});
