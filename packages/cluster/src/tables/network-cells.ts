import type { Json } from "../api/objects.ts";
import { age, type CellPrinter, firstOf, selectorText } from "./cells.ts";

function endpointsText(subsets: readonly Json[] = []): string {
  const entries = subsets.flatMap(({ addresses = [], ports = [] }: Json) => {
    const ips: string[] = addresses.map(({ ip }: Json) => ip);
    if (ports.length === 0) return ips;
    return ports.flatMap(({ port }: Json) => ips.map((ip) => `${ip.includes(":") ? `[${ip}]` : ip}:${port}`));
  });
  return subsets.length === 0 ? "<none>" : firstOf(entries, "");
}

const hostsShown = 3;

function hostsText(rules: readonly Json[] = []): string {
  const hosts = rules.slice(0, hostsShown).flatMap(({ host }) => (host ? [host] : []));
  if (hosts.length === 0) return "*";
  const more = rules.length - hostsShown;
  return more > 0 && hosts.length === hostsShown ? `${hosts.join(",")} + ${more} more...` : hosts.join(",");
}

const addressWidth = 16;

function addressText(balancer: Json): string {
  const entries = (balancer?.ingress ?? []).map(({ ip, hostname }: Json) => ip || hostname || "");
  const text = [...new Set<string>(entries)].sort().join(",");
  return text.length > addressWidth ? `${text.slice(0, addressWidth - 3)}...` : text;
}

function parametersText(parameters: Json): string {
  if (!parameters) return "<none>";
  const { kind, apiGroup, name } = parameters;
  return `${kind}${apiGroup === undefined ? "" : `.${apiGroup}`}/${name}`;
}

/** Rows of what leads to pods. */
export const networkCells: Readonly<Record<string, CellPrinter>> = {
  "/endpoints": (object, now) => [object.metadata.name, endpointsText(object["subsets"]), age(object, now)],
  "discovery.k8s.io/endpointslices": (object, now) => {
    const ports: Json[] = object["ports"] ?? [];
    const addresses = (object["endpoints"] ?? []).flatMap((endpoint: Json) => endpoint.addresses ?? []);
    return [
      object.metadata.name,
      object["addressType"] ?? "",
      firstOf(
        ports.map(({ port, name }) => String(port ?? name ?? "*")),
        "<unset>",
      ),
      firstOf(addresses, "<unset>"),
      age(object, now),
    ];
  },
  "networking.k8s.io/ingresses": (object, now) => [
    object.metadata.name,
    object.spec?.ingressClassName ?? "<none>",
    hostsText(object.spec?.rules),
    addressText(object.status?.loadBalancer),
    object.spec?.tls?.length ? "80, 443" : "80",
    age(object, now),
  ],
  "networking.k8s.io/ingressclasses": (object, now) => {
    const isDefault = object.metadata.annotations?.["ingressclass.kubernetes.io/is-default-class"] === "true";
    return [
      `${object.metadata.name}${isDefault ? " (default)" : ""}`,
      object.spec?.controller ?? "",
      parametersText(object.spec?.parameters),
      age(object, now),
    ];
  },
  "networking.k8s.io/networkpolicies": (object, now) => [
    object.metadata.name,
    selectorText(object.spec?.podSelector),
    age(object, now),
  ],
};
