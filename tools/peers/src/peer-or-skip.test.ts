import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { peerOrSkip, peersRequired } from "./peer-or-skip.ts";

describe("peerOrSkip", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "vkubelet-skip-"));
    // An empty cache and an empty PATH: no peer is found, and none can be built.
    vi.stubEnv("XDG_CACHE_HOME", folder);
    vi.stubEnv("PATH", folder);
    vi.stubEnv("VKUBELET_SKIPS_FILE", join(folder, "skips.txt"));
    vi.stubEnv("VKUBELET_PEERS", "");
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  it("says false for a missing peer and records why", async () => {
    expect(await peerOrSkip("kubernetes")).toBe(false);
    expect(await peerOrSkip("moto")).toBe(false);
    expect((await readFile(join(folder, "skips.txt"), "utf8")).split("\n")).toEqual([
      "kubernetes: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl not on PATH and not built, and cannot be built: there is no go command on PATH",
      expect.stringMatching(
        /^moto: version [\d.]+ is not installed in the cache and there is no python3 on PATH$/,
      ),
      "",
    ]);
  });

  it("rejects for a missing peer that is required and cannot be had", async () => {
    vi.stubEnv("VKUBELET_PEERS", "required");
    await expect(peerOrSkip("kubernetes")).rejects.toThrow(/^build etcd .*: there is no go command on PATH/);
  });

  it("knows one value of VKUBELET_PEERS and refuses others", () => {
    expect(peersRequired()).toBe(false);
    vi.stubEnv("VKUBELET_PEERS", "required");
    expect(peersRequired()).toBe(true);
    vi.stubEnv("VKUBELET_PEERS", "1");
    expect(() => peersRequired()).toThrow('read VKUBELET_PEERS: "1" is not known');
  });
});
