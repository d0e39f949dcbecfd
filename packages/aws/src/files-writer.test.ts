import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FieldNotes } from "@vkubelet/pod";
import { resolvedPodOf } from "@vkubelet/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { filesWriter } from "./files-writer.ts";
import type { SecretArns } from "./secret-references.ts";
import { planVolumes } from "./volume-mapping.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vkubelet-writer-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const secret = { data: { key: btoa("s3cret") } };
const pod = resolvedPodOf(
  {
    containers: [{ name: "main", image: "a" }],
    volumes: [
      { name: "config", configMap: { name: "app", defaultMode: 0o440 } },
      { name: "hidden", secret: { secretName: "app" } },
      { name: "scratch", emptyDir: {} },
    ],
  },
  0,
  {
    configMaps: { app: { data: { "a.conf": "it's $HOME\n" }, binaryData: { "b.bin": btoa("\0\xff\n") } } },
    secrets: { app: secret },
  },
);

function writerOf(
  resolved: Parameters<typeof filesWriter>[0],
  policy: "reject" | "plain",
  notes: FieldNotes = new FieldNotes(),
  arns: SecretArns = {},
) {
  const options = { region: "eu-west-1", hasTaskRole: false, tmpfs: false, hostPaths: false };
  const plan = planVolumes(resolved, options, notes);
  return filesWriter(resolved, plan, "busybox", { policy, arns, hasExecutionRole: true }, notes);
}

function run(writer: ReturnType<typeof filesWriter>, secrets: Record<string, string> = {}) {
  const script = writer?.command?.[2]?.replaceAll("'/vkubelet/", `'${folder}/`) ?? "";
  const env = Object.fromEntries(writer?.environment.map(({ name, value }) => [name, value]) ?? []);
  execFileSync("sh", ["-c", script], { env: { PATH: process.env["PATH"], ...env, ...secrets } });
}

describe("the container that writes files", () => {
  it("writes contents and modes byte for byte, whatever is in them", () => {
    run(writerOf(pod, "plain"));
    expect(readFileSync(join(folder, "config/a.conf"), "utf8")).toBe("it's $HOME\n");
    expect([...readFileSync(join(folder, "config/b.bin"))]).toEqual([0, 255, 10]);
    expect(readFileSync(join(folder, "hidden/key"), "utf8")).toBe("s3cret");
    expect(statSync(join(folder, "config/a.conf")).mode & 0o777).toBe(0o440);
  });

  it("is not there for a pod without files", () => {
    const bare = resolvedPodOf({
      containers: [{ name: "main", image: "a" }],
      volumes: [{ name: "scratch", emptyDir: {} }],
    });
    expect(writerOf(bare, "reject")).toBeUndefined();
  });

  it.each<[string, object, object, boolean]>([
    ["root", {}, {}, false],
    ["uid 0", { securityContext: { runAsUser: 0 } }, {}, false],
    ["another user", { securityContext: { runAsUser: 1000 } }, {}, true],
    ["a group of the pod", {}, { securityContext: { fsGroup: 5 } }, true],
    ["another user who only reads", { securityContext: { runAsUser: 7 }, readOnly: true }, {}, false],
  ])("opens an emptyDir to %s: %o %o %s", (_name, container, spec, opens) => {
    const { readOnly = false, ...fields } = container as { readOnly?: boolean };
    const writer = writerOf(
      resolvedPodOf({
        ...spec,
        containers: [
          {
            name: "main",
            image: "a",
            ...fields,
            volumeMounts: [{ name: "scratch", mountPath: "/s", readOnly }],
          },
        ],
        volumes: [
          { name: "scratch", emptyDir: {} },
          { name: "unused", emptyDir: {} },
        ],
      }),
      "reject",
    );
    expect(writer?.mounts.map(({ sourceVolume }) => sourceVolume)).toEqual(opens ? ["scratch"] : undefined);
    if (opens) expect(writer?.command?.[2]).toContain("chmod 777 '/vkubelet/scratch'");
  });

  it("refuses files of a Secret by path, and names no content, unless allowed", () => {
    const notes = new FieldNotes();
    const writer = writerOf(pod, "reject", notes);
    const issues = notes.rejected;
    expect(issues).toMatchObject([{ path: "spec.volumes[1]" }]);
    expect(JSON.stringify([writer, issues])).not.toContain(btoa("s3cret"));
    expect(JSON.stringify(issues)).not.toContain("s3cret");
  });

  it("lets AWS fill in what has a place in Secrets Manager, and sends no content", () => {
    const notes = new FieldNotes();
    const writer = writerOf(pod, "reject", notes, { "shop/app": "arn:aws:secretsmanager:r:1:secret:app" });
    expect(notes.rejected).toEqual([]);
    expect(writer?.secrets).toEqual([
      { name: "F2", valueFrom: "arn:aws:secretsmanager:r:1:secret:app:key::" },
    ]);
    expect(JSON.stringify(writer)).not.toContain(btoa("s3cret"));
    run(writer, { F2: "from AWS\n" });
    expect(readFileSync(join(folder, "hidden/key"), "utf8")).toBe("from AWS\n");
  });

  it("gives files to the users that the pod names, after they have their modes", () => {
    const owned = resolvedPodOf(
      {
        containers: [{ name: "main", image: "a" }],
        volumes: [{ name: "config", configMap: { name: "app", defaultUser: 1000 } as object }],
      },
      0,
      { configMaps: { app: { data: { "a b": "x" } } } },
    );
    const script = writerOf(owned, "reject")?.command?.[2]?.split("\n").slice(-4);
    expect(script).toEqual([
      "mkdir -p '/vkubelet/config'",
      "printf %s \"$F0\" | base64 -d > '/vkubelet/config/a b'",
      "chmod 644 '/vkubelet/config/a b'",
      "chown 1000 '/vkubelet/config/a b'",
    ]);
  });

  it("gives an emptyDir the mode that the pod asks for, whoever writes to it", () => {
    const emptyDir = { mode: 0o1770 } as object;
    const writer = writerOf(
      resolvedPodOf({
        containers: [{ name: "main", image: "a", volumeMounts: [{ name: "scratch", mountPath: "/s" }] }],
        volumes: [{ name: "scratch", emptyDir }],
      }),
      "reject",
    );
    expect(writer?.command?.[2]).toContain("chmod 1770 '/vkubelet/scratch'");
  });
});
