import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import type { PodSpec, ResolvedNetwork, ResolvedPod } from "@vkubelet/core";
import { expect, it } from "vitest";
import { probeHost } from "./machine/host.ts";
import { createLocalProvider } from "./provider.ts";
import { linesOf, observed, resolved, shell, temporaryDirectory, testContext } from "./test-support.ts";

const host = await probeHost({});
const ended = ({ state }: { state: string }) => state === "ended";

/** What a container of the pod sees of its files, by their names. */
async function seen(
  network: Partial<ResolvedNetwork>,
  {
    script,
    mounted,
    spec = {},
  }: { readonly script: string; readonly mounted?: string; readonly spec?: Partial<PodSpec> },
): Promise<readonly string[]> {
  await using directory = await temporaryDirectory();
  await using provider = createLocalProvider({ directory: directory.path, address: "192.0.2.9" });
  const volumeMounts = mounted === undefined ? [] : [{ name: "own", mountPath: mounted, subPath: "own" }];
  const base = resolved("net", {
    restartPolicy: "Never",
    ...spec,
    containers: [shell("main", script, { volumeMounts })],
  });
  const pod: ResolvedPod = {
    ...base,
    network: { ...base.network, ...network },
    volumes: [
      {
        name: "own",
        type: "files",
        files: [{ path: "own", content: new TextEncoder().encode("own\n"), mode: 0o644, secret: false }],
      },
    ],
  };
  await provider.createPod(pod, testContext());
  await observed(provider, "net", ended);
  return linesOf(provider, "net", "main");
}

const reason = "skipped: this machine allows no private mount namespaces (needs Linux and root)";

if (host.mounts === "reject") it(`a container's hosts file and resolv.conf; ${reason}`, () => {});
else describeFiles();

function describeFiles(): void {
  const hostAliases = [{ ip: "10.0.0.1", hostnames: ["a", "b.example"] }];

  it("H3: hostAliases stand below this machine's hosts, and names resolve by them", async () => {
    const machine = (await readFile("/etc/hosts", "utf8")).split("\n").slice(0, -1);
    expect(await seen({ hostAliases }, { script: "cat /etc/hosts; getent hosts b.example" })).toEqual([
      "# Kubernetes-managed hosts file (host network).",
      ...machine,
      ...(host.hostname === "own" ? ["192.0.2.9\tnet"] : []),
      "",
      "# Entries added by HostAliases.",
      "10.0.0.1\ta\tb.example",
      expect.stringMatching(/^10\.0\.0\.1 +a b\.example$/),
    ]);
    expect(await readFile("/etc/hosts", "utf8")).not.toContain("b.example");
  });

  it("M5: a container that mounts /etc/hosts itself keeps what it mounts", async () => {
    expect(await seen({ hostAliases }, { script: "cat /etc/hosts", mounted: "/etc/hosts" })).toEqual(["own"]);
  });

  it("H4: resolv.conf holds what the host worked out", async () => {
    const dns = { servers: ["192.0.2.53"], searches: ["ns.svc.cluster.local"], options: ["ndots:5"] };
    expect(await seen({ dns }, { script: "cat /etc/resolv.conf" })).toEqual([
      "search ns.svc.cluster.local",
      "nameserver 192.0.2.53",
      "options ndots:5",
    ]);
    expect(await seen({ dns }, { script: "cat /etc/resolv.conf", mounted: "/etc/resolv.conf" })).toEqual([
      "own",
    ]);
  });

  if (host.hostname === "machine") {
    it("H1, H2: hostname; skipped: no namespace can have a hostname of its own here", () => {});
  } else {
    it("H1, H2: the kernel, /etc/hostname and the hosts file have the pod's names", async () => {
      const network = { kernelHostname: "net.sub.ns.svc.example", domain: "sub.ns.svc.example" };
      const script = "hostname; cat /etc/hostname; getent hosts net; tail -n 1 /etc/hosts";
      expect(await seen(network, { script })).toEqual([
        "net.sub.ns.svc.example",
        "net.sub.ns.svc.example",
        expect.stringMatching(/^192\.0\.2\.9 +net\.sub\.ns\.svc\.example net$/),
        "192.0.2.9\tnet.sub.ns.svc.example\tnet",
      ]);
      expect(hostname()).not.toBe("net.sub.ns.svc.example");
    });

    it("H1: on the host's network it is this machine's name", async () => {
      expect(await seen({}, { script: "hostname", spec: { hostNetwork: true } })).toEqual([hostname()]);
    });
  }

  it("without settings of its own a container sees this machine's files", async () => {
    const lines = (await readFile("/etc/resolv.conf", "utf8")).split("\n").filter((line) => line !== "");
    expect((await seen({}, { script: "cat /etc/resolv.conf" })).filter((line) => line !== "")).toEqual(lines);
  });
}
