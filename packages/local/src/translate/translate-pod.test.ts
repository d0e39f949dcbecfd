import type { Pod, PodSpec } from "@vkubelet/core";
import { resolvePod } from "@vkubelet/pod";
import { describe, expect, it } from "vitest";
import { shell } from "../test-support.ts";
import type { LocalHost } from "./process-plan.ts";
import { localTranslator } from "./translate-pod.ts";

const host: LocalHost = {
  operatingSystem: "linux",
  architecture: "amd64",
  uid: 1000,
  gid: 1000,
  address: "192.0.2.7",
  mounts: "namespace",
  hostname: "machine",
  users: "own",
  limits: "none",
};

function resolve(spec: PodSpec) {
  const pod: Pod = { metadata: { name: "p", namespace: "ns", uid: "u" }, spec };
  const outcome = resolvePod(pod, {
    attempt: 0,
    configMap: () => undefined,
    secret: () => ({ data: { key: "czNjcmV0" } }),
    services: [],
    nodeAllocatable: { cpu: "2", memory: "4Gi" },
    token: () => ({ token: "t", expiresAt: "2030-01-01T00:00:00Z" }),
  } as never);
  if (outcome.type !== "resolved") throw new Error(JSON.stringify(outcome));
  return outcome.pod;
}

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
    .translate(resolve(spec), on)
    .report.entries.flatMap(({ path, disposition }) => (disposition === "reject" ? [path] : []));
}

function dispositionsOf(spec: PodSpec, on: LocalHost): readonly string[] {
  return localTranslator
    .translate(resolve(spec), on)
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
    const { report } = localTranslator.translate(resolve(defaulted), host);
    const image = report.entries.find(({ path }) => path === "spec.containers[0].image");
    expect(image?.disposition).toBe("approx");
    expect(image?.reason).toContain("runs on this machine");
    expect(image?.reason).toContain("PATH");
  });

  it("is the same for the same input", () => {
    expect(localTranslator.translate(resolve(defaulted), host)).toEqual(
      localTranslator.translate(resolve(defaulted), host),
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
      localTranslator.translate(resolve({ containers: [{ name: "main", image: "busybox:1", ...fields }] }), {
        ...host,
        images,
      }).requests?.containers[0]?.argv;
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
      localTranslator.translate(resolve({ ...spec, dnsPolicy } as PodSpec), { ...host, resolver }).requests
        ?.containers[0];
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
          ...resolve({ ...spec, ...more } as PodSpec),
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
        .translate(resolve(spec), where)
        .report.entries.find(({ path }) => path === "spec.hostname")?.disposition;
    expect([found(on), found(host)]).toEqual(["exact", "approx"]);
  });

  it("an image that is a directory is the container's root, or rejected by path with the way out", () => {
    const images = {
      app: { root: "/srv/app", command: ["app"], workingDir: "/w", user: "7:8", env: { A: "image", B: "b" } },
    };
    const spec = { containers: [{ name: "main", image: "app:1", env: [{ name: "A", value: "pod" }] }] };
    const on = {
      ...host,
      images,
      uid: 0,
      users: "any",
      resolver: { servers: ["192.0.2.1"], searches: [], options: [] },
    } as const;
    const [planned] = localTranslator.translate(resolve(spec), on).requests?.containers ?? [];
    expect(planned).toMatchObject({
      argv: ["app"],
      root: { path: "/srv/app", readOnly: false, privileged: false },
      workingDir: "/w",
      security: { imageUser: "7:8" },
      hosts: { names: [], aliases: [] },
      resolver: { servers: ["192.0.2.1"] },
    });
    const variables = planned?.environment.map(({ name, value }) => `${name}=${value}`);
    expect(variables).toEqual(["HOSTNAME=p", "A=pod", expect.stringMatching(/^PATH=/), "B=b"]);
    const message = (where: LocalHost) =>
      localTranslator
        .translate(resolve(spec), where)
        .report.entries.filter(({ disposition }) => disposition === "reject")
        .map(({ path, reason }) => `${path} ${reason}`);
    expect(message({ ...on, mounts: "reject" })).toEqual([
      expect.stringMatching(/^spec.containers\[0\].image .*run the kubelet as root on Linux/),
    ]);
    expect(message({ ...on, rootRefusal: "no overlay; do this" })).toEqual([
      "spec.containers[0].image cannot have /srv/app as its root: no overlay; do this",
    ]);
    expect(message({ ...on, users: "own" })).toEqual([
      expect.stringMatching(/^spec.containers\[0\].image is to run as user 7:8/),
    ]);
  });

  it("U6: an image's user counts for runAsNonRoot, and its root for a root that is read-only", () => {
    const images = {
      app: { root: "/srv/app", command: ["app"], user: "7" },
      named: { command: ["x"], user: "web" },
    };
    const securityContext = { runAsNonRoot: true, readOnlyRootFilesystem: true };
    const on = { ...host, images, uid: 0, users: "any" } as const;
    const of = (image: string) => ({ containers: [{ name: "main", image, securityContext }] }) as PodSpec;
    expect(dispositionsOf(of("app"), on)).toEqual(["exact", "exact"]);
    expect([...dispositionsOf(of("named"), on)].sort()).toEqual(["approx", "reject"]);
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
      resolve(withContainer({ ports: [{ containerPort: 80, protocol: "TCP" }] })),
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
