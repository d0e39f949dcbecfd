import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { UsageError } from "../cli-error.ts";
import { type TranslateFlags, translateCommand } from "./translate-command.ts";

const job = `
apiVersion: batch/v1
kind: Job
metadata: { name: work, namespace: shop }
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox:1
          args: [sh, -c, echo hi]
          resources: { requests: { cpu: 1, memory: 1500Mi } }
`;

/** Runs the command on files in memory. */
async function run(files: Readonly<Record<string, string>>, flags: Partial<TranslateFlags> = {}) {
  const written = { stdout: "", stderr: "" };
  const code = await translateCommand(
    { file: Object.keys(files), to: "fargate", output: "json", ...flags },
    {
      read: async (file) => {
        const text = files[file];
        if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
        return text;
      },
      stdout: (text) => {
        written.stdout += text;
      },
      stderr: (text) => {
        written.stderr += text;
      },
      columns: 100,
    },
  );
  return { code, ...written };
}

async function usageErrorOf(files: Readonly<Record<string, string>>, flags: Partial<TranslateFlags> = {}) {
  const error = await run(files, flags).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message.split("\n");
}

describe("vkubelet translate", () => {
  it("prints one document per workload, with exactly what the calls take", async () => {
    const { code, stdout, stderr } = await run({ "job.yaml": job });
    expect(stderr).toBe("");
    const [document, ...others] = JSON.parse(stdout);
    expect(others).toEqual([]);
    expect(Object.keys(document)).toEqual(["source", "requests", "report"]);
    expect(document.source).toEqual({ kind: "Job", namespace: "shop", name: "work" });
    expect(document.requests.map(({ operation }: { operation: string }) => operation)).toEqual([
      "RegisterTaskDefinition",
      "RunTask",
    ]);
    expect(document.requests[0].input).toMatchObject({ cpu: "1024", memory: "2048" });
    expect(document.requests[1].input).toMatchObject({ cluster: "preview", launchType: "FARGATE" });
    expect(document.report.entries).toContainEqual({
      path: "spec.containers[0].image",
      disposition: "exact",
      reason: "",
    });
    expect(code).toBe(0);
    expect((await run({ "job.yaml": job })).stdout).toBe(stdout);
  });

  it.each(["local", "nomad", "batch"] as const)("knows %s", async (to) => {
    const command = to === "local" ? job.replace("args:", "command:") : job;
    const { code, stdout, stderr } = await run({ "job.yaml": command }, { to });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)[0].requests.length).toBeGreaterThan(0);
    expect(code).toBe(0);
  });

  it("prints YAML that says the same as the JSON, and a table for people", async () => {
    const { stdout: json } = await run({ "job.yaml": job });
    const { stdout: yaml } = await run({ "job.yaml": job }, { output: "yaml" });
    expect(parse(yaml)).toEqual(JSON.parse(json));
    const { stdout: table } = await run({ "job.yaml": job }, { output: "table" });
    expect(table).toMatch(
      /^Job shop\/work: 1 approximated, .*; RegisterTaskDefinition, RunTask\ndisposition/,
    );
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it("names each rejection with file, line and path of the workload, and exits with 1", async () => {
    const rejected = job.replace("restartPolicy: Never", "restartPolicy: Never\n      hostNetwork: true");
    const { code, stdout, stderr } = await run({ "a.yaml": job, "b.yaml": rejected });
    expect(stderr).toMatch(
      /^vkubelet: b\.yaml:9:7: Job shop\/work: spec\.template\.spec\.hostNetwork: rejected: a task has a network of its own [^\n]*\n$/,
    );
    expect(JSON.parse(stdout)).toMatchObject([{ requests: [{}, {}] }, { requests: [] }]);
    expect(code).toBe(1);
  });

  it("counts approximations with --strict alone", async () => {
    expect((await run({ "job.yaml": job })).code).toBe(0);
    const { code, stderr } = await run({ "job.yaml": job }, { strict: true });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^vkubelet: job\.yaml:13:44: Job shop\/work: spec\.template\.spec\.containers\[0\]\.resources\.requests\.memory: approximated: .* 1500 MiB to 2048 MiB\n$/,
    );
  });

  it("reads several files and the standard input, and Lists", async () => {
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: [parse(job)] });
    const { stdout } = await run({ "-": job, "list.json": list });
    expect(JSON.parse(stdout)).toHaveLength(2);
    const broken = list.replace('"restartPolicy"', '"hostNetwork": true, "restartPolicy"');
    const { stderr } = await run({ "-": job, "list.json": broken });
    expect(stderr).toContain(`list.json:1:${broken.indexOf('"hostNetwork"') + 1}: Job shop/work`);
  });

  it("takes the namespace of objects that name none", async () => {
    const { stdout } = await run({ "job.yaml": job.replace(", namespace: shop", "") }, { namespace: "team" });
    expect(JSON.parse(stdout)[0].source.namespace).toBe("team");
  });

  it("lets no manifest write to the terminal", async () => {
    const hostile = job
      .replace("name: work", 'name: "\\e[2Jwork"')
      .replace("restartPolicy", "hostPID: true\n      restartPolicy");
    const { stdout, stderr } = await run({ "job.yaml": hostile }, { output: "table" });
    expect(stderr).toContain("Job shop/\\u001b[2Jwork: ");
    expect(stdout).toContain("Job shop/\\u001b[2Jwork: ");
    expect(stdout + stderr).not.toContain("\u001b");
  });

  it("takes the backend's options from a configuration of `vkubelet run`", async () => {
    const config = join(await mkdtemp(join(tmpdir(), "vkubelet-translate-")), "vkubelet.yaml");
    await writeFile(config, "nodeName: vk-1\nfargate: { cluster: pods }\nlocal: { mounts: maybe }\n");
    const { stdout } = await run({ "job.yaml": job }, { config });
    expect(JSON.parse(stdout)[0].requests[1].input.cluster).toBe("pods");
    expect(await usageErrorOf({ "job.yaml": job }, { config, to: "local" })).toEqual([
      expect.stringMatching(/^local\.directory: /),
      expect.stringMatching(/^local\.mounts: /),
    ]);
  });
});

describe("objects that a workload refers to", () => {
  const pod = `
apiVersion: v1
kind: Pod
metadata: { name: p }
spec:
  containers:
    - name: main
      image: busybox:1
      command: [env]
      env:
        - { name: LEVEL, valueFrom: { configMapKeyRef: { name: settings, key: level } } }
        - { name: MAYBE, valueFrom: { secretKeyRef: { name: other, key: x, optional: true } } }
      envFrom:
        - configMapRef: { name: all }
`;
  const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {level: high}\n";
  const environmentOf = (stdout: string) =>
    JSON.parse(stdout)[0].requests[0].input.containers[0].environment.map(
      ({ name, value }: { name: string; value: string }) => `${name}=${value}`,
    );

  it("are taken from the files; placeholders stand for what is not there, and stderr names it", async () => {
    const { code, stdout, stderr } = await run(
      { "pod.yaml": pod, "settings.yaml": settings },
      { to: "local" },
    );
    expect(environmentOf(stdout)).toEqual(
      expect.arrayContaining(["LEVEL=high", "placeholder=<ConfigMap all: placeholder>"]),
    );
    expect(environmentOf(stdout).join()).not.toContain("MAYBE");
    expect(stderr.trim().split("\n").sort()).toEqual([
      "vkubelet: ConfigMap default/all is not in the files: placeholders stand for its values",
      "vkubelet: Secret default/other is not in the files: it is optional and left out",
    ]);
    expect(code).toBe(0);
    expect(environmentOf((await run({ "pod.yaml": pod }, { to: "local" })).stdout)).toContain(
      "LEVEL=<ConfigMap settings: level>",
    );
  });

  it("reject the pod where they are there and lack the key, as in a cluster", async () => {
    const lacking = settings.replace("level:", "other:");
    const { code, stderr } = await run({ "pod.yaml": pod, "settings.yaml": lacking }, { to: "local" });
    expect(stderr).toMatch(/pod\.yaml:7:7: Pod default\/p: spec\.containers\[0\]: rejected: .*level/);
    expect(code).toBe(1);
  });
});

describe("input that cannot be used", () => {
  it("is named with its place, all of it at once", async () => {
    const text = `${job}---
kind: Deployment
apiVersion: apps/v1
metadata: {name: a}
spec: {}
---
kind: ConfigMap
apiVersion: v1
metadata: {name: b}
data:
  port: 80
---
metadata: {name: c}
`;
    expect(await usageErrorOf({ "a.yaml": text, "b.yaml": "- 1\n---\na: [\n" })).toEqual([
      "a.yaml:18:1: spec.selector: is required and missing",
      "a.yaml:18:1: spec.template: is required and missing",
      "a.yaml:24:3: data.port: must be a string, not a number; put it in quotes",
      "a.yaml:26:1: object c has no kind",
      "b.yaml:1:1: is no object, which every manifest must be",
      expect.stringMatching(/^b\.yaml:\d:1: is no YAML/),
    ]);
  });

  it("is one that the API server would refuse", async () => {
    const wrong = job
      .replace("memory: 1500Mi", "memory: 1500Mix")
      .replace("args: [sh, -c, echo hi]", "arg: [sh]");
    expect(await usageErrorOf({ "job.yaml": wrong })).toEqual([
      expect.stringMatching(/^job\.yaml:12:11: .*containers\[0\]\.arg: unknown field; did you mean args\?$/),
      expect.stringMatching(/^job\.yaml:13:44: .*requests\.memory: /),
    ]);
    expect(await usageErrorOf({ "job.yaml": job.replace("[sh, -c, echo hi]", "sh") })).toEqual([
      expect.stringMatching(/^job\.yaml:12:11: .*args: must be a list/),
    ]);
  });

  it("is a file that cannot be read, or that is given twice", async () => {
    expect(await usageErrorOf({}, { file: ["missing.yaml"] })).toEqual([
      "missing.yaml: cannot be read: ENOENT",
    ]);
    expect(await usageErrorOf({}, { file: ["-", "-"] })).toEqual([
      "-f: the same file is given more than once",
    ]);
  });

  it("is one without anything that makes pods; other objects are left out by name", async () => {
    const ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: in}\n";
    const { code, stderr } = await run({ "job.yaml": `${job}---\n${ingress}` });
    expect(stderr).toBe("vkubelet: job.yaml:15:1: Ingress in makes no pods that are known here: left out\n");
    expect(code).toBe(0);
    expect(await usageErrorOf({ "in.yaml": ingress })).toEqual([
      "nothing to translate: no object makes pods",
    ]);
  });
});
