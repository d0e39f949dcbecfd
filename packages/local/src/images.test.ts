import { access, chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Container, PodSpec, ResolvedPod } from "@vkubelet/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probeHost } from "./machine/host.ts";
import type { LocalProviderOptions } from "./options.ts";
import { createLocalProvider } from "./provider.ts";
import { linesOf, observed, resolved, stateOf, temporaryDirectory, testContext } from "./test-support.ts";
import { makeMachineRoot } from "./testdata/machine-root.ts";

const host = await probeHost({});
const ended = ({ state }: { state: string }) => state === "ended";
const never = { restartPolicy: "Never" } as const;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "vkubelet-image-"));
  await chmod(root, 0o755);
  await makeMachineRoot(root, ["sh", "ls", "cat", "id", "mkdir", "sleep"]);
  await writeFile(join(root, "marked"), "by the image\n");
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A container that runs a script with the shell of the image. */
const inImage = (script: string, fields: Partial<Container> = {}): Container => ({
  name: "main",
  image: "tools:1",
  args: ["-c", script],
  ...fields,
});

const imagesAt = (more: object = {}): LocalProviderOptions["images"] => ({
  tools: { root, command: ["sh"], ...more },
});

interface Run {
  readonly spec?: Partial<PodSpec>;
  readonly overrides?: Partial<ResolvedPod>;
  readonly image?: object;
}

/** Output and end of a container of the image. */
async function run(container: Container, { spec = {}, overrides = {}, image = {} }: Run = {}) {
  await using directory = await temporaryDirectory();
  await using provider = createLocalProvider({
    directory: directory.path,
    address: "192.0.2.9",
    images: imagesAt(image),
  });
  const pod = resolved("image", { ...never, ...spec, containers: [container] }, overrides);
  await provider.createPod(pod, testContext());
  const end = await observed(provider, "image", ended);
  return { lines: await linesOf(provider, "image", "main"), state: end.containers[0]?.state };
}

it("a root that this machine cannot give is rejected by path, and nothing runs in this machine's root instead", async () => {
  await using directory = await temporaryDirectory();
  const options = { directory: directory.path, mounts: "reject", images: imagesAt() } as const;
  await using provider = createLocalProvider(options);
  const pod = resolved("no-root", { ...never, containers: [inImage(`: >${directory.path}/ran`)] });
  await expect(provider.createPod(pod, testContext())).rejects.toMatchObject({
    code: "InvalidInput",
    issues: [
      {
        path: "spec.containers[0].image",
        message: expect.stringContaining("run the kubelet as root on Linux"),
      },
    ],
  });
  expect(await provider.listPods(testContext())).toEqual([]);
  await expect(access(join(directory.path, "ran"))).rejects.toMatchObject({ code: "ENOENT" });
});

if (host.mounts === "reject" || host.users === "own") {
  describe("images with a root of their own", () => {
    it("skipped: this machine gives no container a root (needs Linux, root and setpriv of util-linux)", () => {});
  });
} else {
  describe("images with a root of their own", () => {
    it("a container sees the image's files alone, with devices, processes and names of its own", async () => {
      const script = `exec 2>&1; ls -a /; cat /marked; ls /dev; cat /etc/hosts /etc/hostname; echo to >/dev/null
cat /proc/sys/kernel/hostname; ls /.vkubelet/machine; cat /proc/keys /proc/timer_list 2>/dev/null; echo "$PWD $GREETING $SCOPE"
echo err >>/dev/stderr; test -r /proc/1/root/etc/passwd || echo barred; echo 1 >/proc/sys/kernel/hostname || echo kept`;
      const image = { workingDir: "/made/here", env: { GREETING: "hello", SCOPE: "image" } };
      const { lines, state } = await run(
        inImage(script, {
          env: [{ name: "SCOPE", value: "pod" }],
          terminationMessagePath: "/dev/termination-log",
        }),
        { image },
      );
      expect(state).toMatchObject({ exitCode: 0 });
      const top = [
        ".",
        "..",
        ".vkubelet",
        "bin",
        "dev",
        "etc",
        "lib",
        "lib64",
        "made",
        "marked",
        "proc",
        "sys",
      ];
      const devices =
        "fd full null ptmx pts random shm stderr stdin stdout termination-log tty urandom zero".split(" ");
      const output = lines.filter((line) => !line.includes("127.0.") && !line.includes("::"));
      expect(output.filter((line) => !top.includes(line))).toEqual([
        "by the image",
        ...devices,
        "# Kubernetes-managed hosts file (host network).",
        "192.0.2.9\timage",
        "image",
        "image",
        "/made/here hello pod",
        "err",
        "barred",
        expect.stringContaining("Read-only file system"),
        "kept",
      ]);
    });

    it("U6: the image's user is known by the image's own files, and what the pod says goes before", async () => {
      const ids = inImage("id -u; id -g; id -G; (echo x >/bin/new) 2>/dev/null || echo barred");
      const image = { user: "worker" };
      expect((await run(ids, { image })).lines.slice(0, 3)).toEqual(["4321", "1234", "1234 555"]);
      const securityContext = { runAsUser: 7, runAsNonRoot: true };
      expect((await run(ids, { image, spec: { securityContext } })).lines.slice(0, 3)).toEqual([
        "7",
        "0",
        "0",
      ]);
      expect((await run(ids, { image: { user: "nobody-here" } })).state).toMatchObject({
        reason: "StartError",
        message: "unable to find user nobody-here: no matching entries in passwd file",
      });
    });

    it("what a container writes is gone with it, and the directory stays as it is", async () => {
      await using directory = await temporaryDirectory();
      await using provider = createLocalProvider({ directory: directory.path, images: imagesAt() });
      const script =
        "exec 2>&1; cat /marked /new; echo changed >/marked; echo fresh >/new; [ -e /data/1 ] && exit 0; echo >/data/1; exit 1";
      const volumeMounts = [{ name: "data", mountPath: "/data" }];
      const containers = [inImage(script, { volumeMounts })];
      const spec = {
        restartPolicy: "OnFailure",
        containers,
        volumes: [{ name: "data", emptyDir: {} }],
      } as const;
      await provider.createPod(resolved("written", spec), testContext());
      const end = await observed(provider, "written", ended);
      expect(end.containers[0]).toMatchObject({ restartCount: 1 });
      const lines = await linesOf(provider, "written", "main");
      expect(lines[0]).toBe("by the image");
      expect(lines[1]).toContain("/new: No such file or directory");
      expect(await readFile(join(root, "marked"), "utf8")).toBe("by the image\n");
      expect((await readdir(root)).sort()).toEqual(["bin", "etc", "lib", "lib64", "marked"]);
      await provider.releasePod?.(end.ref, testContext());
      expect(await readdir(join(directory.path, "pods"))).toEqual([]);
    });

    it("M1, X1: volumes, message file and hooks are those of the root", async () => {
      await using directory = await temporaryDirectory();
      await using provider = createLocalProvider({ directory: directory.path, images: imagesAt() });
      const volumeMounts = [{ name: "data", mountPath: "/srv/data" }];
      const script =
        "exec 2>/dev/null; trap 'cat hooked; echo bye >/dev/termination-log; exit 0' TERM; while :; do sleep 0.02; done";
      const exec = (text: string) => ({ exec: { command: ["sh", "-c", text] } });
      const main = inImage(script, {
        volumeMounts,
        workingDir: "/srv/data",
        terminationMessagePath: "/dev/termination-log",
        lifecycle: {
          postStart: exec("cat /marked >hooked; echo $(id -u) $PWD >>hooked"),
          preStop: exec("echo stop >>hooked"),
        },
      } as Partial<Container>);
      const volumes = [{ name: "data", emptyDir: {} }];
      const securityContext = { runAsUser: 12 };
      const pod = resolved("parts", { ...never, volumes, securityContext, containers: [main] });
      const context = testContext();
      await provider.createPod(pod, context);
      await observed(provider, "parts", (seen) => stateOf(seen, "main") === "running");
      await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
      const end = await observed(provider, "parts", ended);
      expect(context.notices.filter(({ type }) => type === "Warning")).toEqual([]);
      expect(await linesOf(provider, "parts", "main")).toEqual(["by the image", "12 /srv/data", "stop"]);
      expect(end.containers[0]?.state).toMatchObject({ exitCode: 0, message: "bye\n" });
    });

    it("readOnlyRootFilesystem holds, with volumes that can be written", async () => {
      const { lines } = await run(
        inImage("exec 2>&1; echo x >/new; echo y >/data/new; cat /data/new", {
          securityContext: { readOnlyRootFilesystem: true },
          volumeMounts: [{ name: "data", mountPath: "/data" }],
        }),
        { spec: { volumes: [{ name: "data", emptyDir: {} }] } },
      );
      expect(lines).toEqual([expect.stringContaining("Read-only file system"), "y"]);
    });

    it("privileged: all devices of this machine, and the kernel's settings", async () => {
      const script =
        "[ -c /dev/.vkubelet/null ] && [ -c /dev/null ] && [ -w /proc/sys/kernel/hostname ] && echo all";
      const securityContext = { privileged: true };
      expect((await run(inImage(script, { securityContext }))).lines).toEqual(["all"]);
    });

    it("a link that a program left in a volume leads nowhere into this machine", async () => {
      await using outside = await temporaryDirectory();
      await mkdir(join(outside.path, "volume"));
      await symlink("/.vkubelet/machine/tmp", join(outside.path, "volume/trap"));
      const volumeMounts = [
        { name: "host", mountPath: "/host" },
        { name: "data", mountPath: "/host/trap/planted/by" },
        { name: "data", mountPath: "/host/new" },
      ];
      const volumes = [
        { name: "host", hostPath: { path: join(outside.path, "volume") } },
        { name: "data", emptyDir: {} },
      ];
      const { state } = await run(inImage("true", { volumeMounts: volumeMounts.slice(0, 2) }), {
        spec: { volumes },
      });
      expect(state).toMatchObject({
        reason: "StartError",
        message: expect.stringContaining("nothing is added below /.vkubelet/machine"),
      });
      await expect(access("/tmp/planted")).rejects.toMatchObject({ code: "ENOENT" });
      const added = [volumeMounts[0], volumeMounts[2]].filter((mount) => mount !== undefined);
      expect(
        (await run(inImage("true", { volumeMounts: added }), { spec: { volumes } })).state,
      ).toMatchObject({
        message: expect.stringContaining("nothing is added below /host"),
      });
      expect(await readdir(join(outside.path, "volume"))).toEqual(["trap"]);
    });

    it("says what is missing: the program, and the directory itself", async () => {
      const { state } = await run({ name: "main", image: "tools", command: ["/usr/bin/env"] });
      expect(state).toMatchObject({ exitCode: 128, reason: "StartError" });
      expect(state).toMatchObject({ message: expect.stringContaining("stat /usr/bin/env: no such file") });
      const missing = await run(inImage("true"), { image: { root: "/no/such/root" } });
      expect(missing.state).toMatchObject({
        message: expect.stringContaining("root directory /no/such/root is no directory of this machine"),
      });
    });
  });
}
