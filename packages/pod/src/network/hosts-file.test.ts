import { renderValue } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { hostNetworkHostsFile, hostsFile } from "./hosts-file.ts";

const localhost = [
  "# Kubernetes-managed hosts file.",
  "127.0.0.1\tlocalhost",
  "::1\tlocalhost ip6-localhost ip6-loopback",
  "fe00::0\tip6-localnet",
  "fe00::0\tip6-mcastprefix",
  "fe00::1\tip6-allnodes",
  "fe00::2\tip6-allrouters",
];
const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join("");
const hostAliases = [
  { ip: "10.0.0.1", hostnames: ["a", "b.example"] },
  { ip: "10.0.0.1", hostnames: ["c"] },
];
const pod = { hostname: "web", network: { kernelHostname: "web", hostAliases: [] } };
const named = { hostname: "web", network: { kernelHostname: "web", domain: "sub.ns.svc.d", hostAliases } };

describe("hostsFile", () => {
  it("H3: localhost, then every address of the pod with its name", () => {
    expect(renderValue(hostsFile(pod, ["10.1.0.5", "fd00::5"]))).toBe(
      lines(...localhost, "10.1.0.5\tweb", "fd00::5\tweb"),
    );
  });

  it("H3: with a domain the full name first; then hostAliases, a line for each", () => {
    expect(renderValue(hostsFile(named, ["10.1.0.5"]))).toBe(
      lines(
        ...localhost,
        "10.1.0.5\tweb.sub.ns.svc.d\tweb",
        "",
        "# Entries added by HostAliases.",
        "10.0.0.1\ta\tb.example",
        "10.0.0.1\tc",
      ),
    );
  });

  it("H3: an address that is not known yet is filled in late", () => {
    const late = hostsFile(named);
    expect(late.secret).toBe(false);
    expect(renderValue(late, { "status.podIP": "10.1.0.5" })).toBe(
      renderValue(hostsFile(named, ["10.1.0.5"])),
    );
  });

  it("H3: on the host's network the node's file, then hostAliases", () => {
    const node = "127.0.0.1 localhost\n";
    expect(hostNetworkHostsFile(pod, node)).toBe(`# Kubernetes-managed hosts file (host network).\n${node}`);
    expect(hostNetworkHostsFile(named, node)).toContain(
      `${node}\n# Entries added by HostAliases.\n10.0.0.1\ta\tb.example\n`,
    );
  });
});
