import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadKubeConfig } from "./kube-config.ts";

const text = (user: string) => `
apiVersion: v1
kind: Config
current-context: c
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]
users: [{ name: u, user: ${user} }]
`;

const authorizationOf = async (config: KubeConfig) => {
  const options: { headers?: Record<string, string> } = {};
  await config.applyToHTTPSOptions(options as Parameters<KubeConfig["applyToHTTPSOptions"]>[0]);
  return options.headers?.["Authorization"]?.trim();
};

describe("loadKubeConfig", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "vkubelet-kubeconfig-"));
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (user: string) => {
    const path = join(folder, "kubeconfig");
    await writeFile(path, text(user));
    return path;
  };

  it("reads a token file beside it again when it was replaced", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await writeFile(join(folder, "token"), "first\n");
    const config = loadKubeConfig(await write("{ tokenFile: token, token: unused }"), {});
    expect(await authorizationOf(config)).toBe("Bearer first");
    await writeFile(join(folder, "token"), "second\n");
    vi.setSystemTime(Date.now() + 61_000);
    expect(await authorizationOf(config)).toBe("Bearer second");
  });

  it("finds the same in the file that KUBECONFIG names", async () => {
    await writeFile(join(folder, "token"), "first");
    const path = await write("{ tokenFile: token }");
    vi.stubEnv("KUBECONFIG", path);
    expect(await authorizationOf(loadKubeConfig(undefined, process.env))).toBe("Bearer first");
  });

  it("leaves other credentials as they are", async () => {
    expect(await authorizationOf(loadKubeConfig(await write("{ token: own }"), {}))).toBe("Bearer own");
  });

  it("says in one line which file cannot be used", () => {
    expect(() => loadKubeConfig("/nowhere/kubeconfig", {})).toThrow(
      /^kubeconfig: \/nowhere\/kubeconfig: ENOENT[^\n]*$/,
    );
  });
});
