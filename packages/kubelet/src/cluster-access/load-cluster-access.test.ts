import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AccessOptions, ClusterAccess } from "./cluster-access.ts";
import { loadClusterAccess } from "./load-cluster-access.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

const configOf = (user: object, cluster: object = {}) => ({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "c",
  clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1", ...cluster } }],
  contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
  users: [{ name: "u", user }],
});

/** What a request is made with, in comparable form. */
async function optionsOf(access: ClusterAccess): Promise<unknown> {
  const options: AccessOptions = {};
  await access.applyToHTTPSOptions(options);
  const text = (value: unknown) => (value === undefined ? undefined : String(value));
  const { ca, cert, key, servername, rejectUnauthorized, auth, headers } = options;
  return {
    ...{ ca: text(ca), cert: text(cert), key: text(key) },
    ...{ servername, rejectUnauthorized, auth, authorization: headers?.["Authorization"] },
    server: access.getCurrentCluster()?.server,
  };
}

const authorizationOf = async (access: ClusterAccess) =>
  ((await optionsOf(access)) as { authorization?: string }).authorization;

describe("loadClusterAccess", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "vkubelet-access-"));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });
  const write = async (name: string, content: unknown) => {
    const path = join(folder, name);
    await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };

  it.each([
    ["a token", { token: "t" }, {}],
    [
      "certificates as data",
      { "client-certificate-data": base64("cert"), "client-key-data": base64("key") },
      {},
    ],
    ["certificates as files", { "client-certificate": "cert.pem", "client-key": "key.pem" }, {}],
    ["a password", { username: "user", password: "secret" }, {}],
    ["nothing", {}, {}],
    ["an authority as data", { token: "t" }, { "certificate-authority-data": base64("ca") }],
    ["an authority as a file", { token: "t" }, { "certificate-authority": "ca.pem" }],
    ["a server that is not verified", { token: "t" }, { "insecure-skip-tls-verify": true }],
    ["a server of another name", { token: "t" }, { "tls-server-name": "api.example" }],
  ])("answers with %s what the library does, without loading it", async (_, user, cluster) => {
    await Promise.all(["cert.pem", "key.pem", "ca.pem"].map((name) => write(name, `content of ${name}`)));
    const path = await write("kubeconfig", configOf(user, cluster));
    const access = await loadClusterAccess({ path, environment: {} });
    const library = new KubeConfig();
    library.loadFromFile(path);
    expect(access).not.toBeInstanceOf(KubeConfig);
    expect(await optionsOf(access)).toEqual(await optionsOf(library));
  });

  it("reads a token file beside it again when it was replaced, and before a token", async () => {
    await write("token", "first\n");
    const path = await write("kubeconfig", configOf({ tokenFile: "token", token: "unused" }));
    const access = await loadClusterAccess({ path, environment: {} });
    expect(await authorizationOf(access)).toBe("Bearer first");
    await write("token", "second\n");
    expect(await authorizationOf(access)).toBe("Bearer second");
  });

  it.each([
    [
      "a program that gives credentials",
      { exec: { apiVersion: "client.authentication.k8s.io/v1", command: "x" } },
    ],
    ["a user that acts as another", { token: "t", as: "other" }],
  ])("leaves %s to the library", async (_, user) => {
    const path = await write("kubeconfig", configOf(user));
    expect(await loadClusterAccess({ path, environment: {} })).toBeInstanceOf(KubeConfig);
  });

  it("leaves several kubeconfigs to the library, with their token files", async () => {
    await write("token", "first");
    const [first, second] = [
      await write("first", configOf({ tokenFile: "token" })),
      await write("second", { ...configOf({}), contexts: [], clusters: [], users: [] }),
    ];
    vi.stubEnv("KUBECONFIG", `${first}:${second}`);
    const access = await loadClusterAccess();
    expect(access).toBeInstanceOf(KubeConfig);
    expect(await authorizationOf(access)).toBe("Bearer first");
  });

  it("finds the file that KUBECONFIG names, and else the one at home", async () => {
    const path = await write("named", configOf({ token: "named" }));
    expect(await authorizationOf(await loadClusterAccess({ environment: { KUBECONFIG: path } }))).toBe(
      "Bearer named",
    );
    await mkdir(join(folder, ".kube"));
    await write(".kube/config", configOf({ token: "home" }));
    expect(await authorizationOf(await loadClusterAccess({ environment: { HOME: folder } }))).toBe(
      "Bearer home",
    );
  });

  it("takes a kubeconfig that is YAML", async () => {
    const path = await write(
      "kubeconfig",
      `
current-context: c
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1", proxy-url: "http://proxy:3128" } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]
users: [{ name: u, user: { token: t } }]
`,
    );
    const access = await loadClusterAccess({ path });
    expect(access.getCurrentCluster()).toEqual({
      server: "https://127.0.0.1:1",
      proxyUrl: "http://proxy:3128",
    });
  });
});
