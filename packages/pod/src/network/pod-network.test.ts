import type { Pod, PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { parseResolvConf, type ResolveInputs, resolvePod } from "../index.ts";
import { inputsOf, podOf } from "../testdata/resolve-fixture.ts";

const wanting = (spec: object): Pod => podOf(spec as Partial<PodSpec>);

function resolved(spec: object, inputs: Partial<ResolveInputs> = {}) {
  const outcome = resolvePod(wanting(spec), { ...inputsOf(), ...inputs });
  if (outcome.type !== "resolved") throw new Error("waits");
  return outcome;
}

function refusal(spec: object, inputs: Partial<ResolveInputs> = {}) {
  try {
    resolvePod(wanting(spec), { ...inputsOf(), ...inputs });
  } catch (error) {
    return (error as { issues: readonly { path: string; message: string }[] }).issues;
  }
  throw new Error("is not refused");
}

describe("the network of a resolved pod", () => {
  const clusterDomain = "cluster.local";

  it("H1, H2: short name, domain and hostAliases", () => {
    const hostAliases = [{ ip: "10.0.0.1", hostnames: ["a"] }, { ip: "10.0.0.2" }];
    const { pod } = resolved({ hostname: "web", subdomain: "sub", hostAliases }, { clusterDomain });
    expect(pod.hostname).toBe("web");
    expect(pod.network).toEqual({
      kernelHostname: "web",
      domain: "sub.ns.svc.cluster.local",
      hostAliases: [
        { ip: "10.0.0.1", hostnames: ["a"] },
        { ip: "10.0.0.2", hostnames: [] },
      ],
    });
  });

  it("H2: setHostnameAsFQDN gives the kernel and HOSTNAME the full name", () => {
    const { pod } = resolved({ subdomain: "sub", setHostnameAsFQDN: true }, { clusterDomain });
    expect(pod.hostname).toBe("p");
    expect(pod.network.kernelHostname).toBe("p.sub.ns.svc.cluster.local");
    expect(pod.containers[0]?.env.find(({ name }) => name === "HOSTNAME")?.value.parts).toEqual([
      "p.sub.ns.svc.cluster.local",
    ]);
    expect(resolved({ setHostnameAsFQDN: true }, { clusterDomain }).pod.network.kernelHostname).toBe("p");
  });

  it("H2: a full name above 64 characters, or without a cluster domain to end with, refuses the pod", () => {
    const spec = { hostname: "h".repeat(50), subdomain: "sub", setHostnameAsFQDN: true };
    expect(refusal(spec, { clusterDomain })).toEqual([
      {
        path: "spec.setHostnameAsFQDN",
        message:
          "failed to construct FQDN from pod hostname and cluster domain, FQDN " +
          `${"h".repeat(50)}.sub.ns.svc.cluster.local is too long (64 characters is the max, 75 characters requested)`,
      },
    ]);
    expect(refusal(spec).map(({ path }) => path)).toEqual(["spec.setHostnameAsFQDN"]);
  });

  it("H1: names that are none are refused in the kubelet's words", () => {
    expect(refusal({ hostname: "a.b", subdomain: "Sub" })).toEqual([
      {
        path: "spec.hostname",
        message: 'pod Hostname "a.b" is not a valid DNS label: must not contain dots',
      },
      {
        path: "spec.subdomain",
        message:
          'pod Subdomain "Sub" is not a valid DNS label: a lowercase RFC 1123 label must consist of lower case ' +
          "alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  " +
          "or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      },
    ]);
    const [override] = refusal({ hostnameOverride: "Invalid-Hostname-!" });
    expect(override?.path).toBe("spec.hostnameOverride");
    expect(override?.message).toMatch(
      /^pod HostnameOverride "Invalid-Hostname-!" is not a valid DNS subdomain: a lowercase RFC 1123 subdomain /,
    );
    expect(refusal({ hostname: "h".repeat(64) })[0]?.message).toContain("must be no more than 63 characters");
  });

  it("H4: DNS only where the node knows some, with its warnings", () => {
    expect(resolved({}).pod.network.dns).toBeUndefined();
    const host = parseResolvConf("nameserver 10.0.0.1\n");
    const { pod, warnings } = resolved({}, { clusterDomain, dns: { clusterDNS: [], host } });
    expect(pod.network.dns).toEqual({ servers: ["10.0.0.1"], searches: [], options: [] });
    expect(warnings).toEqual([
      {
        type: "Warning",
        reason: "MissingClusterDNS",
        message:
          'pod: "p_ns(uid-1)". kubelet does not have ClusterDNS IP configured and cannot create Pod using ' +
          '"ClusterFirst" policy. Falling back to "Default" policy.',
      },
    ]);
  });
});
