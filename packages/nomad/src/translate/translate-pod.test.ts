import { type PodSpec, plainValue, type ResolvedPod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { resolvedContainer, resolvedPod } from "../testdata/pods.ts";
import { defaultTranslateOptions, type NomadTranslateOptions } from "./options.ts";
import { type NomadRequests, nomadTranslator } from "./translate-pod.ts";

const options: NomadTranslateOptions = { ...defaultTranslateOptions, nodeName: "vk-1", mhzPerCore: 2_500 };
const rawExec: NomadTranslateOptions = { ...options, driver: "raw_exec", network: "host" };

function requestsOf(pod: ResolvedPod, translateOptions: NomadTranslateOptions = options): NomadRequests {
  const { requests, report } = nomadTranslator.translate(pod, translateOptions);
  if (requests === undefined) throw new Error(JSON.stringify(report.entries));
  return requests;
}
function job(pod: ResolvedPod, change: Partial<NomadTranslateOptions> = {}) {
  return requestsOf(pod, { ...options, ...change }).register.Job;
}
function task(pod: ResolvedPod, change: Partial<NomadTranslateOptions> = {}, index = 0) {
  const found = job(pod, change).TaskGroups[0]?.Tasks[index];
  if (found === undefined) throw new Error(`no task ${index}`);
  return found;
}
function issues(pod: ResolvedPod, change: Partial<NomadTranslateOptions> = {}): readonly string[] {
  return nomadTranslator
    .translate(pod, { ...options, ...change })
    .report.entries.flatMap(({ path, disposition }) => (disposition === "reject" ? [path] : []));
}
const secret = (text: string) => ({ parts: [text], secret: true });
const pod = (change: Parameters<typeof resolvedContainer>[1]) =>
  resolvedPod({ containers: [resolvedContainer("app", change)] });

describe("nomadTranslator", () => {
  it("is deterministic, and names the job by node and pod UID", () => {
    const first = requestsOf(resolvedPod());
    expect(JSON.stringify(requestsOf(resolvedPod()))).toBe(JSON.stringify(first));
    const { Job, EnforceIndex, JobModifyIndex } = first.register;
    expect(Job.ID).toMatch(/^vk-[0-9a-f]{8}-11111111-2222-4333-8444-555555555555$/);
    expect(Job.ID).toHaveLength(48);
    expect([EnforceIndex, JobModifyIndex]).toEqual([true, 0]);
    expect(job(resolvedPod(), { nodeName: "vk-2" }).ID).not.toBe(Job.ID);
    expect(Job.Meta).toMatchObject({
      k8s_namespace: "team",
      k8s_pod: "web",
      k8s_uid: "11111111-2222-4333-8444-555555555555",
      k8s_node: "vk-1",
      vk_schema: "1",
      vk_spec_hash: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  it("gives another hash to another specification, and the same to other secrets", () => {
    const hash = (change: Parameters<typeof resolvedContainer>[1]) => job(pod(change)).Meta["vk_spec_hash"];
    expect(hash({ image: "a:1" })).not.toBe(hash({ image: "a:2" }));
    const written = (args: string[]) => job(resolvedPod({ spec: { containers: [{ name: "app", args }] } }));
    expect(written(["a"]).Meta["vk_spec_hash"]).not.toBe(written(["b"]).Meta["vk_spec_hash"]);
    const env = (text: string) => ({ env: [{ name: "X", value: secret(text), source: "secret" as const }] });
    expect(hash(env("one"))).toBe(hash(env("two")));
  });

  it("N6: gives the same hash to another environment, and to commands and mounts that it changes", () => {
    const started = (text: string) => {
      const value = plainValue(text);
      const mounts = [{ volume: "v", mountPath: "/v", subPath: text, readOnly: false }];
      const env = [{ name: "X", value, source: "configMap" as const }];
      const containers = [resolvedContainer("app", { env, command: [value], args: [value], mounts })];
      const volumes: ResolvedPod["volumes"] = [{ name: "v", type: "emptyDir", medium: "" }];
      return resolvedPod({ containers, volumes });
    };
    const hash = (text: string, change = {}) => job(started(text), change).Meta["vk_spec_hash"];
    expect(hash("one")).toBe(hash("two"));
    expect(hash("one")).toBe(hash(["$", "{a}"].join("")));
    expect(task(started("one"))).not.toEqual(task(started("two")));
  });

  it.each([
    ["Always", "service", "delay", 5],
    ["OnFailure", "batch", "delay", 5],
    ["Never", "batch", "fail", 0],
  ] as const)("runs restartPolicy %s as a %s job with mode %s", (restartPolicy, type, mode, attempts) => {
    const translated = job(
      resolvedPod({ restartPolicy, containers: [resolvedContainer("app", { restartPolicy })] }),
    );
    expect(translated.Type).toBe(type);
    const [group] = translated.TaskGroups;
    expect(group?.Tasks[0]?.RestartPolicy).toEqual({
      Attempts: attempts,
      Delay: 10_000_000_000,
      Interval: 300_000_000_000,
      Mode: mode,
    });
    expect(translated.Update).toEqual(type === "service" ? { MaxParallel: 0 } : undefined);
    expect(group?.Update).toEqual(translated.Update);
    expect(group?.ReschedulePolicy).toEqual({ Attempts: 0, Unlimited: false });
    expect(group?.Disconnect).toEqual({ Replace: false, Reconcile: "keep_original" });
  });

  it("I8: gates every stage but the first, and keeps a gated task's secrets with the group", () => {
    const env = [{ name: "X", value: secret("geheim"), source: "secret" as const }];
    const staged = resolvedPod({
      initContainers: [
        resolvedContainer("one", { kind: "init", env }),
        resolvedContainer("two", { kind: "sidecar", env }),
        resolvedContainer("three", { kind: "init" }),
      ],
      containers: [resolvedContainer("app", { env })],
    });
    const { variables, register } = requestsOf(staged);
    const id = register.Job.ID;
    expect(variables).toEqual([
      { path: `nomad/jobs/${id}/pod/one`, items: { e0: "geheim" } },
      { path: `nomad/jobs/${id}/pod`, items: { i1_e0: "geheim" } },
      { path: `nomad/jobs/${id}/pod/app`, items: { e0: "geheim" } },
    ]);
    expect(register.Job.Meta["vk_stages"]).toBe("init:one,sidecar:two,init:three");
    const tasks = register.Job.TaskGroups[0]?.Tasks ?? [];
    expect(tasks.map(({ Name, Lifecycle }) => [Name, Lifecycle?.Hook, Lifecycle?.Sidecar])).toEqual([
      ["one", "prestart", false],
      ["two", "prestart", true],
      ["three", "prestart", false],
      ["app", undefined, undefined],
    ]);
    const gated = tasks.map(
      (one) => one.Templates?.some((template) => template.DestPath === "secrets/vk/gate") === true,
    );
    expect(gated).toEqual([false, true, true, false]);
    expect(tasks[2]?.Templates?.[0]?.EmbeddedTmpl).toContain(`nomad/jobs/${id}/pod/three`);
  });

  it("escapes what Nomad would evaluate in command and arguments", () => {
    const container = {
      command: [plainValue("/bin/sh")],
      args: [plainValue("-c"), plainValue(["echo $", "{X} %{Y} $(Z) $W"].join(""))],
    };
    const escaped = "echo $${X} %%{Y} $(Z) $W";
    expect(task(pod(container)).Config).toMatchObject({ entrypoint: ["/bin/sh"], args: ["-c", escaped] });
    expect(task(pod(container), rawExec).Config).toEqual({ command: "/bin/sh", args: ["-c", escaped] });
  });

  it("refuses secrets in command and arguments, by path", () => {
    expect(issues(pod({ args: [plainValue("x"), secret("y")] }))).toEqual(["spec.containers[0].args[1]"]);
  });

  it("binds addresses known later where Nomad knows them, and refuses them elsewhere", () => {
    const late = (field: "status.hostIP" | "status.podIP") => ({
      env: [
        { name: "IP", value: { parts: ["at ", { late: field }], secret: false }, source: "field" as const },
      ],
    });
    const filled = ["at $", "{attr.unique.network.ip-address}"].join("");
    expect(task(pod(late("status.hostIP"))).Env).toEqual({ IP: filled });
    expect(task(pod(late("status.podIP")), { network: "host" }).Env).toEqual({ IP: filled });
    expect(issues(pod(late("status.podIP")))).toEqual(["spec.containers[0].env"]);
  });

  it("reserves MHz and MiB, rounded up, and a limit only where Nomad enforces one", () => {
    const sized = (requests: Record<string, string>, limits: Record<string, string>) =>
      pod({ resources: { requests, limits } });
    expect(task(sized({}, {})).Resources).toEqual({ CPU: 100, MemoryMB: 256 });
    const burst = sized({ cpu: "250m", memory: "100M" }, { cpu: "1", memory: "1Gi" });
    expect(task(burst).Resources).toEqual({ CPU: 625, MemoryMB: 1_024 });
    expect(task(burst, { memoryOversubscription: true }).Resources).toEqual({
      CPU: 625,
      MemoryMB: 96,
      MemoryMaxMB: 1_024,
    });
    expect(task(burst).Config).not.toHaveProperty("cpu_hard_limit");
    const guaranteed = sized({ cpu: "1", memory: "1Gi" }, { cpu: "1", memory: "1Gi" });
    expect(task(guaranteed).Config).toHaveProperty("cpu_hard_limit", true);
    expect(task(sized({ "nvidia.com/gpu": "2" }, { "nvidia.com/gpu": "2" })).Resources.Devices).toEqual([
      { Name: "nvidia/gpu", Count: 2 },
    ]);
  });

  it("stops with the pod's grace period, never with Nomad's default, and with SIGTERM", () => {
    expect(task(resolvedPod({ terminationGracePeriodSeconds: 12 })).KillTimeout).toBe(12_000_000_000);
    expect(task(resolvedPod({ terminationGracePeriodSeconds: 0 })).KillTimeout).toBe(1_000_000);
    expect(task(resolvedPod()).KillSignal).toBeUndefined();
    expect(task(resolvedPod(), rawExec).KillSignal).toBe("SIGTERM");
  });

  it("Z4: says that a long grace period is cut", () => {
    const entry = (seconds: number) => {
      const asked = resolvedPod({ spec: { terminationGracePeriodSeconds: seconds } });
      return nomadTranslator
        .translate(asked, options)
        .report.entries.find((one) => one.path.includes("terminationGrace"));
    };
    expect(entry(31)).toMatchObject({
      disposition: "approx",
      reason: expect.stringContaining("max_kill_timeout"),
    });
    expect(entry(25)).toMatchObject({ disposition: "exact" });
  });

  it("refuses what it cannot honour, all of it at once, by path", () => {
    const spec = {
      shareProcessNamespace: true,
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: "x" } }],
      containers: [{ name: "app", image: "a", readinessProbe: { httpGet: { port: 80 } } }],
    };
    const volumes: ResolvedPod["volumes"] = [
      { name: "data", type: "reference", kind: "persistentVolumeClaim", source: { claimName: "x" } },
    ];
    expect(issues(resolvedPod({ spec, volumes }))).toEqual(
      expect.arrayContaining([
        "spec.shareProcessNamespace",
        "spec.volumes[0].persistentVolumeClaim",
        "spec.containers[0].readinessProbe",
      ]),
    );
  });

  it("refuses resources that no task can ask for, by path", () => {
    const requests = { "example.com/gpu": "1", "nvidia.com/gpu": "1", cpu: "1", "ephemeral-storage": "1Gi" };
    const containers = [{ name: "app", image: "a:1", resources: { requests, limits: requests } }];
    expect(issues(resolvedPod({ spec: { containers } }))).toEqual([
      'spec.containers[0].resources.requests["example.com/gpu"]',
      'spec.containers[0].resources.limits["example.com/gpu"]',
    ]);
  });

  it.each([
    ["Always", "OnFailure"],
    ["Never", "Always"],
  ] as const)("refuses a pod that is restarted %s with a container that is %s", (ofPod, own) => {
    const mixed = resolvedPod({
      restartPolicy: ofPod,
      containers: [resolvedContainer("app", { restartPolicy: own })],
    });
    expect(issues(mixed)).toEqual(["spec.containers[0].restartPolicy"]);
  });

  it("refuses what is no image, but for raw_exec", () => {
    expect(issues(pod({ image: "" }))).toEqual(["spec.containers[0].image"]);
    expect(issues(pod({ image: "" }), rawExec)).toEqual([]);
  });

  it("says where one container ends the others, and where an image is pulled unasked", () => {
    const approximated = (one: ResolvedPod) =>
      nomadTranslator
        .translate(one, options)
        .report.entries.flatMap(({ path, disposition }) => (disposition === "approx" ? [path] : []));
    expect(approximated(pod({}))).toEqual([]);
    const two = resolvedPod({ containers: [resolvedContainer("a"), resolvedContainer("b")] });
    expect(approximated(two)).toEqual(["spec.containers"]);
    expect(approximated(pod({ image: "a" }))).toEqual(["spec.containers[0].imagePullPolicy"]);
  });

  it("takes a pod as the API server completes it", () => {
    const spec = {
      restartPolicy: "Always",
      dnsPolicy: "ClusterFirst",
      schedulerName: "default-scheduler",
      serviceAccountName: "default",
      securityContext: {},
      terminationGracePeriodSeconds: 30,
      enableServiceLinks: true,
      containers: [
        {
          name: "app",
          image: "a:1",
          imagePullPolicy: "IfNotPresent",
          resources: {},
          terminationMessagePath: "/dev/termination-log",
          terminationMessagePolicy: "File",
        },
      ],
    } as const;
    expect(issues(resolvedPod({ spec }))).toEqual([]);
    expect(issues(resolvedPod({ spec }), rawExec)).toEqual([]);
  });

  it("U3: pulls with the credential of the image, which stands in the job's variable and never in the job", () => {
    const credential = (registry: string, password: string) => ({ registry, username: "robot", password });
    const pullCredentials = [
      credential("registry.example", "geheim"),
      credential("r.example/team", 'p"w'),
      credential("r.example", "other"),
    ];
    const images = {
      app: "registry.example/app:1",
      side: "r.example/team/side:1",
      free: "docker.example/x:1",
    };
    const containers = Object.entries(images).map(([name, image]) => resolvedContainer(name, { image }));
    const pulled = resolvedPod({ containers, pullCredentials });
    const { variables, register } = requestsOf(pulled);
    const { ID, TaskGroups } = register.Job;
    expect(variables).toEqual([
      {
        path: `nomad/jobs/${ID}`,
        items: { u0: '"robot"', p0: '"geheim"', u1: '"robot"', p1: '"p\\"w"' },
      },
    ]);
    expect(JSON.stringify(register)).not.toMatch(/robot|geheim|p.{1,3}w"/);
    const [app, side, free] = TaskGroups[0]?.Tasks ?? [];
    const hole = (name: string) => ["$", "{secret.pull.", name, "}"].join("");
    expect(app).toMatchObject({
      Config: { auth: [{ username: hole("u0"), password: hole("p0") }] },
      Env: { "secret.pull.u0": "", "secret.pull.p0": "" },
      Secrets: [{ Name: "pull", Provider: "nomad", Path: `nomad/jobs/${ID}` }],
      Constraints: [expect.objectContaining({ RTarget: ">= 1.11.0" })],
    });
    expect(side?.Config["auth"]).toEqual([{ username: hole("u1"), password: hole("p1") }]);
    for (const field of ["Secrets", "Constraints"]) expect(free).not.toHaveProperty(field);
    expect(free?.Config).not.toHaveProperty("auth");
    expect(requestsOf(pulled, rawExec).variables).toEqual([]);
  });

  it("U3: says where a second credential for an image is not tried", () => {
    const pullCredentials = ["one", "two"].map((username) => ({
      registry: "registry.example",
      username,
      password: "p",
    }));
    const spec = { imagePullSecrets: [{ name: "one" }, { name: "two" }] };
    const { report } = nomadTranslator.translate(resolvedPod({ pullCredentials, spec }), options);
    const reasons = report.entries.flatMap(({ path, reason }) =>
      path === "spec.imagePullSecrets" ? [reason] : [],
    );
    expect(reasons.join()).toContain("of the 2 credentials");
    expect(JSON.stringify(report)).not.toContain('"p"');
  });

  it("needs a command for raw_exec, and mounts nothing there but the token, which it leaves out", () => {
    const mount = (mountPath: string) => ({ volume: "v", mountPath, readOnly: true });
    expect(issues(resolvedPod({ containers: [resolvedContainer("app", {})] }), rawExec)).toEqual([]);
    const { command: _, ...bare } = resolvedContainer("app");
    expect(issues(resolvedPod({ containers: [bare] }), rawExec)).toEqual(["spec.containers[0].command"]);
    expect(issues(pod({ mounts: [mount("/data")] }), rawExec)).toEqual([
      "spec.containers[0].volumeMounts[0]",
    ]);
    expect(
      issues(pod({ mounts: [mount("/var/run/secrets/kubernetes.io/serviceaccount")] }), rawExec),
    ).toEqual([]);
  });

  it("holds host ports, and gives a bridge its hostname and name servers", () => {
    const spec = {
      containers: [{ name: "app", ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 81 }] }],
      dnsConfig: { nameservers: ["10.0.0.1"], options: [{ name: "ndots", value: "5" }] },
    };
    expect(job(resolvedPod({ spec })).TaskGroups[0]?.Networks).toEqual([
      {
        Mode: "bridge",
        Hostname: "web",
        DNS: { Servers: ["10.0.0.1"], Options: ["ndots:5"] },
        ReservedPorts: [{ Label: "p8080", Value: 8080, To: 80 }],
      },
    ]);
    expect(job(resolvedPod({ spec: { hostNetwork: true } })).TaskGroups[0]?.Networks).toBeUndefined();
    expect(task(resolvedPod({ spec: { hostNetwork: true } })).Config).toHaveProperty("network_mode", "host");
  });

  it("H2, H4: names the bridge as the host does, in full where the pod wants it, and takes its name servers", () => {
    const dns = { servers: ["10.96.0.10"], searches: ["team.svc.cluster.local"], options: ["ndots:5"] };
    const kernelHostname = "web.sub.team.svc.cluster.local";
    const spec = { subdomain: "sub", setHostnameAsFQDN: true } as Partial<PodSpec>;
    const network = { kernelHostname, domain: "sub.team.svc.cluster.local", hostAliases: [], dns };
    const named = resolvedPod({ network, spec });
    expect(job(named).TaskGroups[0]?.Networks?.[0]).toMatchObject({
      Hostname: kernelHostname,
      DNS: { Servers: dns.servers, Searches: dns.searches, Options: dns.options },
    });
    expect(issues(named)).toEqual([]);
  });

  it("H3: gives every task the further lines of the hosts file", () => {
    const network = { kernelHostname: "web", hostAliases: [{ ip: "10.1.2.3", hostnames: ["a", "b"] }] };
    expect(task(resolvedPod({ network })).Config["extra_hosts"]).toEqual(["a:10.1.2.3", "b:10.1.2.3"]);
  });

  it("asks for the architecture that the pod selects", () => {
    const arm = resolvedPod({ spec: { nodeSelector: { "kubernetes.io/arch": "arm64" } } });
    expect(job(arm).Constraints.map((one) => one.RTarget)).toEqual(["linux", "arm64"]);
  });
});
