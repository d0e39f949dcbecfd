import type { Service } from "@vkubelet/core";

/** One variable that describes a Service. */
export interface ServiceVariable {
  readonly name: string;
  readonly value: string;
}

const masterNamespace = "default";
const masterName = "kubernetes";

/**
 * The variables that containers get about Services (L1, L2), sorted by Service: those of the pod's namespace when
 * `enableServiceLinks` is true, and always `default/kubernetes`, unless the namespace has its own `kubernetes`.
 * Services without a cluster IP are left out.
 */
export function serviceVariables(
  services: readonly Service[],
  options: { readonly namespace: string; readonly enableServiceLinks: boolean },
): readonly ServiceVariable[] {
  const visible = new Map<string, Service>();
  for (const service of services) {
    const { name = "", namespace } = service.metadata ?? {};
    if (clusterAddress(service) === undefined) continue;
    const own = namespace === options.namespace && options.enableServiceLinks;
    const master = namespace === masterNamespace && name === masterName;
    if (own || (master && !visible.has(name))) visible.set(name, service);
  }
  return [...visible]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([name, service]) => variablesOf(name, service));
}

function variablesOf(serviceName: string, service: Service): ServiceVariable[] {
  const prefix = variableName(serviceName);
  const host = clusterAddress(service) ?? "";
  const ports = service.spec?.ports ?? [];
  const variables = [{ name: `${prefix}_SERVICE_HOST`, value: host }];
  const [first] = ports;
  if (!first) return variables;
  variables.push({ name: `${prefix}_SERVICE_PORT`, value: `${first.port}` });
  for (const port of ports) {
    if (port.name) {
      variables.push({ name: `${prefix}_SERVICE_PORT_${variableName(port.name)}`, value: `${port.port}` });
    }
  }
  variables.push({ name: `${prefix}_PORT`, value: linkUrl(host, first) });
  for (const port of ports) {
    const protocol = port.protocol || "TCP";
    const link = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`;
    variables.push(
      { name: link, value: linkUrl(host, port) },
      { name: `${link}_PROTO`, value: protocol.toLowerCase() },
      { name: `${link}_PORT`, value: `${port.port}` },
      { name: `${link}_ADDR`, value: host },
    );
  }
  return variables;
}

function linkUrl(host: string, port: { readonly port: number; readonly protocol?: string }): string {
  const authority = host.includes(":") ? `[${host}]` : host;
  return `${(port.protocol || "TCP").toLowerCase()}://${authority}:${port.port}`;
}

function clusterAddress(service: Service): string | undefined {
  const address = service.spec?.clusterIP;
  return address === undefined || address === "" || address === "None" ? undefined : address;
}

function variableName(text: string): string {
  return text.toUpperCase().replaceAll("-", "_");
}
