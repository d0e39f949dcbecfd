import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadRunConfig } from "./config.ts";

async function configFile(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "vkubelet-config-")), "config.yaml");
  await writeFile(path, text);
  return path;
}

describe("loadRunConfig", () => {
  it("lets flags win over the environment and the environment over the file", async () => {
    const config = await configFile(
      "provider: local\nnodeName: from-file\nlogLevel: warn\nlocal: {directory: /var/lib/x}\n",
    );
    const result = await loadRunConfig(
      { config, nodeName: "from-flag" },
      { VKUBELET_NODE_NAME: "from-environment", VKUBELET_LOG_LEVEL: "debug" },
    );
    expect(result).toMatchObject({
      provider: "local",
      nodeName: "from-flag",
      logLevel: "debug",
      providerOptions: { directory: "/var/lib/x" },
    });
  });

  it("takes what the node knows of the cluster's name service, and nothing by default", async () => {
    const named =
      "provider: local\nnodeName: a\nclusterDomain: cluster.local\nclusterDNS: [10.96.0.10, 'fd00::a']\n";
    expect(await loadRunConfig({ config: await configFile(named) }, {})).toMatchObject({
      clusterDomain: "cluster.local",
      clusterDNS: ["10.96.0.10", "fd00::a"],
    });
    const bare = await loadRunConfig({ provider: "local", nodeName: "a" }, {});
    expect([bare.clusterDomain, bare.clusterDNS]).toEqual([undefined, undefined]);
    const config = await configFile("clusterDNS: [kube-dns]\n");
    await expect(loadRunConfig({ config }, {})).rejects.toThrow(`${config}: clusterDNS.0: `);
  });

  it("takes how the runtime is to behave, and refuses what contradicts itself", async () => {
    const behaviour =
      "provider: local\nnodeName: a\napiRequests: {perSecond: 50, burst: 100}\n" +
      "orphans: {graceSeconds: 60, refuseAbove: {count: 5, share: 0.2}}\n" +
      "drain: {graceSeconds: 60, criticalSeconds: 10, deleteNode: true}\n" +
      "leaderElection: {namespace: vkubelet}\nproviderID: cloud:///a\n";
    expect(await loadRunConfig({ config: await configFile(behaviour) }, {})).toMatchObject({
      apiRequests: { perSecond: 50, burst: 100 },
      orphans: { graceSeconds: 60, refuseAbove: { count: 5, share: 0.2 } },
      drain: { graceSeconds: 60, criticalSeconds: 10, deleteNode: true },
      providerID: "cloud:///a",
      leaderElection: { namespace: "vkubelet" },
    });
    const mistakes = {
      "apiRequests: {perSecond: 0, burst: 1}": "apiRequests.perSecond: ",
      "orphans: {refuseAbove: {count: 5, share: 2}}": "orphans.refuseAbove.share: ",
      "drain: {graceSeconds: 5, criticalSeconds: 10}": "drain: criticalSeconds is a part of graceSeconds",
      "leaderElection: {renewDeadlineSeconds: 20}": "leaderElection: leaseDurationSeconds (15) must be above",
    };
    for (const [text, message] of Object.entries(mistakes)) {
      const config = await configFile(`${text}\n`);
      await expect(loadRunConfig({ config }, {})).rejects.toThrow(`${config}: ${message}`);
    }
  });

  it("names the file and the path of a mistake", async () => {
    const config = await configFile("provider: local\nserver: {port: many}\n");
    await expect(loadRunConfig({ config }, {})).rejects.toThrow(`${config}: server.port: `);
  });

  it("names an unknown field", async () => {
    const config = await configFile("nodename: x\n");
    await expect(loadRunConfig({ config }, {})).rejects.toThrow(/nodename/);
  });

  it("says what to give when the provider or the node name is missing", async () => {
    await expect(loadRunConfig({}, {})).rejects.toThrow("--provider");
    await expect(loadRunConfig({ provider: "nomad" }, {})).rejects.toThrow("--node-name");
  });

  it("says which file cannot be read, and which is not YAML", async () => {
    await expect(loadRunConfig({ config: "/nowhere/x.yaml" }, {})).rejects.toThrow(
      "/nowhere/x.yaml: cannot be read: ENOENT",
    );
    const config = await configFile("a: [\n");
    await expect(loadRunConfig({ config }, {})).rejects.toThrow(`${config}: not YAML`);
  });
});
