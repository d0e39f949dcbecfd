import type { Service } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { serviceVariables } from "./service-variables.ts";

type Port = { name?: string; port: number; protocol?: string };
const service = (namespace: string, name: string, clusterIP: string | undefined, ports: Port[]): Service => ({
  metadata: { namespace, name },
  spec: { ...(clusterIP !== undefined && { clusterIP }), ports },
});
const kubernetes = service("default", "kubernetes", "10.0.0.1", [
  { name: "https", port: 443, protocol: "TCP" },
]);
const web = service("shop", "web-front", "10.0.0.2", [
  { name: "http", port: 80 },
  { name: "dns-udp", port: 53, protocol: "UDP" },
]);
const variables = (services: Service[], namespace: string, enableServiceLinks: boolean) =>
  Object.fromEntries(
    serviceVariables(services, { namespace, enableServiceLinks }).map(({ name, value }) => [name, value]),
  );

describe("serviceVariables", () => {
  it("L1: the namespace's Services, and default/kubernetes even without links", () => {
    const elsewhere = service("other", "db", "10.0.0.3", [{ port: 1 }]);
    const all = [web, elsewhere, kubernetes];
    const hosts = (names: Record<string, string>) =>
      Object.keys(names).filter((name) => name.endsWith("_HOST"));
    expect(hosts(variables(all, "shop", true))).toEqual([
      "KUBERNETES_SERVICE_HOST",
      "WEB_FRONT_SERVICE_HOST",
    ]);
    expect(hosts(variables(all, "shop", false))).toEqual(["KUBERNETES_SERVICE_HOST"]);
    expect(hosts(variables(all, "default", false))).toEqual(["KUBERNETES_SERVICE_HOST"]);
  });

  it("L1: Services without a cluster IP are skipped", () => {
    const services = [
      service("shop", "a", "None", [{ port: 1 }]),
      service("shop", "b", "", [{ port: 1 }]),
      service("shop", "c", undefined, [{ port: 1 }]),
      { metadata: { namespace: "shop", name: "d" } },
    ];
    expect(variables(services, "shop", true)).toEqual({});
  });

  it("L1: the namespace's own kubernetes stands before the one in default, in any order", () => {
    const own = service("shop", "kubernetes", "10.0.0.9", [{ port: 1 }]);
    for (const services of [
      [own, kubernetes],
      [kubernetes, own],
    ]) {
      expect(variables(services, "shop", true)["KUBERNETES_SERVICE_HOST"]).toBe("10.0.0.9");
      expect(variables(services, "shop", false)["KUBERNETES_SERVICE_HOST"]).toBe("10.0.0.1");
    }
  });

  it("L2: names, first port, named ports and Docker links", () => {
    expect(variables([web], "shop", true)).toEqual({
      WEB_FRONT_SERVICE_HOST: "10.0.0.2",
      WEB_FRONT_SERVICE_PORT: "80",
      WEB_FRONT_SERVICE_PORT_HTTP: "80",
      WEB_FRONT_SERVICE_PORT_DNS_UDP: "53",
      WEB_FRONT_PORT: "tcp://10.0.0.2:80",
      WEB_FRONT_PORT_80_TCP: "tcp://10.0.0.2:80",
      WEB_FRONT_PORT_80_TCP_PROTO: "tcp",
      WEB_FRONT_PORT_80_TCP_PORT: "80",
      WEB_FRONT_PORT_80_TCP_ADDR: "10.0.0.2",
      WEB_FRONT_PORT_53_UDP: "udp://10.0.0.2:53",
      WEB_FRONT_PORT_53_UDP_PROTO: "udp",
      WEB_FRONT_PORT_53_UDP_PORT: "53",
      WEB_FRONT_PORT_53_UDP_ADDR: "10.0.0.2",
    });
  });

  it("L2: IPv6 hosts are bracketed in the URLs only", () => {
    const six = variables([service("shop", "s", "fd00::1", [{ port: 80 }])], "shop", true);
    expect(six["S_SERVICE_HOST"]).toBe("fd00::1");
    expect(six["S_PORT"]).toBe("tcp://[fd00::1]:80");
    expect(six["S_PORT_80_TCP"]).toBe("tcp://[fd00::1]:80");
    expect(six["S_PORT_80_TCP_ADDR"]).toBe("fd00::1");
  });

  it("L2: a Service without ports has a host only", () => {
    expect(variables([service("shop", "s", "10.0.0.4", [])], "shop", true)).toEqual({
      S_SERVICE_HOST: "10.0.0.4",
    });
  });
});
