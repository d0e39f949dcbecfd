import { access, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { type Provider, type ResolvedFile, type ResolvedPod, systemClock } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { probeHost } from "./machine/host.ts";
import { createLocalProvider } from "./provider.ts";
import { writeFileVolume } from "./state/file-volume.ts";
import { layout } from "./state/layout.ts";
import {
  linesOf,
  observed,
  resolved,
  shell,
  stateOf,
  temporaryDirectory,
  testContext,
} from "./test-support.ts";

const host = await probeHost({});
const never = { restartPolicy: "Never" } as const;
const ended = ({ state }: { state: string }) => state === "ended";
const file = (path: string, text: string, fields: Partial<ResolvedFile> = {}): ResolvedFile => ({
  path,
  content: new TextEncoder().encode(text),
  mode: 0o644,
  secret: false,
  ...fields,
});

async function kill(provider: Provider, pod: ResolvedPod) {
  await provider.deletePod(pod.ref, { gracePeriodSeconds: 0 }, testContext());
  await observed(provider, pod.ref.uid, ended);
}

describe("writeFileVolume", () => {
  it("C4: names are links into ..data, which is swapped; what is gone disappears", async () => {
    await using directory = await temporaryDirectory();
    const root = join(directory.path, "volume");
    expect(await writeFileVolume(root, [file("a", "1"), file("deep/b", "2")], {}, 0)).toBe(true);
    const first = await readlink(join(root, "..data"));
    expect(first).toMatch(/^\.\.1970_01_01_00_00_00\./);
    expect(await readlink(join(root, "deep"))).toBe("..data/deep");
    expect(await writeFileVolume(root, [file("a", "1"), file("deep/b", "2")], {}, 1000)).toBe(false);
    expect(await writeFileVolume(root, [file("deep/b", "3"), file("c", "4")], {}, 2000)).toBe(true);
    const second = await readlink(join(root, "..data"));
    expect((await readdir(root)).sort()).toEqual(["..data", second, "c", "deep"].sort());
    expect(await readFile(join(root, "deep/b"), "utf8")).toBe("3");
  });

  it("C2: holds nothing, and a changed mode is a change", async () => {
    await using directory = await temporaryDirectory();
    const root = join(directory.path, "volume");
    expect(await writeFileVolume(root, [], {}, 0)).toBe(true);
    expect(await writeFileVolume(root, [], {}, 0)).toBe(false);
    expect(await writeFileVolume(root, [file("a", "1")], {}, 0)).toBe(true);
    expect(await writeFileVolume(root, [file("a", "1", { mode: 0o400 })], {}, 0)).toBe(true);
  });
});

describe("updatePod", () => {
  it("answers by name for what does not run and for another image", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const pod = resolved("image", { containers: [shell("main", "exec sleep 1000")] });
    await expect(provider.updatePod?.(pod, testContext())).rejects.toMatchObject({ code: "NotFound" });
    await provider.createPod(pod, testContext());
    const other = resolved("image", { containers: [shell("main", "exec sleep 1000", { image: "other" })] });
    await expect(provider.updatePod?.(other, testContext())).rejects.toMatchObject({
      code: "Unsupported",
      reason: "LocalImageImmutable",
    });
    await kill(provider, pod);
    await expect(provider.updatePod?.(pod, testContext())).rejects.toMatchObject({ code: "NotFound" });
  });
});

if (host.mounts === "reject") {
  describe("volumes", () => {
    it("skipped: this machine allows no private mount namespaces (needs Linux and root)", () => {});
  });
} else {
  describe("volumes", () => {
    it("C5: changed files reach a running container, but not through a subPath", async () => {
      await using directory = await temporaryDirectory();
      await using provider = createLocalProvider({ directory: directory.path });
      const volumeMounts = [
        { name: "files", mountPath: "/run/vkubelet-test/files" },
        { name: "files", mountPath: "/run/vkubelet-test/one", subPath: "a" },
      ];
      const script =
        'cd /run/vkubelet-test; cat files/a; until [ "$(cat files/a)" = new ]; do sleep 0.02; done; cat one; ls files';
      const spec = resolved("update", { ...never, containers: [shell("main", script, { volumeMounts })] });
      const pod = (...files: ResolvedFile[]): ResolvedPod => ({
        ...spec,
        volumes: [{ name: "files", type: "files", files }],
      });
      await provider.createPod(pod(file("a", "old\n"), file("b", "")), testContext());
      const seen = join(layout.instance(layout.pod(directory.path, "update"), "main", 0), "stdout");
      await expect.poll(() => readFile(seen, "utf8")).toBe("old\n");
      await provider.updatePod?.(pod(file("a", "new\n"), file("c", "")), testContext());
      await observed(provider, "update", ended);
      expect(await linesOf(provider, "update", "main")).toEqual(["old", "old", "a", "c"]);
    });

    it("an emptyDir of medium Memory is one tmpfs for all containers, and is gone with the pod", async () => {
      await using directory = await temporaryDirectory();
      await using provider = createLocalProvider({ directory: directory.path });
      const volumeMounts = [{ name: "fast", mountPath: "/run/vkubelet-test/fast" }];
      const pod: ResolvedPod = {
        ...resolved("memory", {
          ...never,
          initContainers: [shell("first", "echo shared > /run/vkubelet-test/fast/x", { volumeMounts })],
          containers: [
            shell(
              "main",
              "cd /run/vkubelet-test/fast; stat -f -c %T .; stat -c %a .; cat x; dd if=/dev/zero of=y bs=64k count=4 2>/dev/null || echo full",
              { volumeMounts },
            ),
          ],
        }),
        volumes: [{ name: "fast", type: "emptyDir", medium: "Memory", sizeLimitBytes: 65536n }],
      };
      await provider.createPod(pod, testContext());
      await observed(provider, "memory", ended);
      expect(await linesOf(provider, "memory", "main")).toEqual(["tmpfs", "777", "shared", "full"]);
      const path = layout.volume(layout.pod(directory.path, "memory"), "fast");
      expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(path);
      await provider.releasePod?.(pod.ref, testContext());
      await expect(access(path)).rejects.toMatchObject({ code: "ENOENT" });
    });

    it("M4: a pod whose emptyDir exceeds its limit is evicted", async () => {
      await using directory = await temporaryDirectory();
      let skippedMs = 0;
      const clock = { ...systemClock, monotonic: () => performance.now() + skippedMs };
      await using provider = createLocalProvider({ directory: directory.path, clock, rescanMs: 100 });
      const volumeMounts = [{ name: "data", mountPath: "/run/vkubelet-test/data" }];
      const script = `trap 'exit 0' TERM; cd /run/vkubelet-test/data; dd if=/dev/zero of=x bs=64k count=4 2>/dev/null; : > ${directory.path}/full; while :; do sleep 0.02; done`;
      const spec = { containers: [shell("main", script, { volumeMounts })] };
      const pod: ResolvedPod = {
        ...resolved("greedy", { ...spec, volumes: [{ name: "data", emptyDir: { sizeLimit: "64Ki" } }] }),
        volumes: [{ name: "data", type: "emptyDir", medium: "", sizeLimitBytes: 65536n }],
      };
      await provider.createPod(pod, testContext());
      await observed(provider, "greedy", (seen) => stateOf(seen, "main") === "running");
      await expect
        .poll(() =>
          access(join(directory.path, "full")).then(
            () => true,
            () => false,
          ),
        )
        .toBe(true);
      skippedMs = 20_000;
      const end = await observed(provider, "greedy", ended);
      expect(end.failure).toEqual({
        reason: "Evicted",
        message: 'Usage of EmptyDir volume "data" exceeds the limit "64Ki". ',
      });
      expect(end.containers[0]).toMatchObject({ restartCount: 0, state: { exitCode: 0 } });
    });
  });
}
