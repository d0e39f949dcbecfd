import type { Json, KubeObject } from "../api/objects.ts";
import { type FieldError, invalidField, requiredField, StatusError } from "../api/status-error.ts";
import type { Strategy, StrategyContext } from "./resource-type.ts";

/** The range of cluster IPs, 10.96.0.0/16; the first address belongs to the `kubernetes` service. */
export const kubernetesServiceIp = "10.96.0.1";
const reserved = 10;
const addresses = 65_534;

function addressAt(index: number): string {
  return `10.96.${index >> 8}.${index & 255}`;
}

/** The lowest free address of the range. */
function allocateClusterIp(context: StrategyContext): string {
  const services = context.store.list(context.types.require("", "services"));
  const taken = new Set(services.map((service) => service.spec?.clusterIP));
  for (let index = reserved; index <= addresses; index += 1) {
    if (!taken.has(addressAt(index))) return addressAt(index);
  }
  throw new StatusError(500, "InternalError", "failed to allocate a serviceIP: range is full");
}

function allocateNodePort(context: StrategyContext): number {
  const services = context.store.list(context.types.require("", "services"));
  const taken = new Set(
    services.flatMap((service) => (service.spec?.ports ?? []).map((port: Json) => port.nodePort)),
  );
  for (let port = 30_000; port <= 32_767; port += 1) if (!taken.has(port)) return port;
  throw new StatusError(500, "InternalError", "failed to allocate a nodePort: range is full");
}

function assignAddresses(service: KubeObject, context: StrategyContext): void {
  const spec = service.spec;
  if (spec.type === "ExternalName") return;
  spec.clusterIP ||= allocateClusterIp(context);
  spec.clusterIPs = [spec.clusterIP];
  spec.ipFamilies ??= ["IPv4"];
  spec.ipFamilyPolicy ??= "SingleStack";
  if (spec.type !== "NodePort" && spec.type !== "LoadBalancer") return;
  for (const port of spec.ports ?? []) port.nodePort ||= allocateNodePort(context);
}

export const serviceStrategy: Strategy = {
  nameRule: "label1035",
  returnsDeleted: true,
  defaults(service) {
    const spec = service.spec ?? {};
    service.spec = spec;
    spec.type ??= "ClusterIP";
    spec.sessionAffinity ??= "None";
    if (spec.type !== "ExternalName") spec.internalTrafficPolicy ??= "Cluster";
    if (spec.type === "NodePort" || spec.type === "LoadBalancer") spec.externalTrafficPolicy ??= "Cluster";
    if (spec.type === "LoadBalancer") spec.allocateLoadBalancerNodePorts ??= true;
    for (const port of spec.ports ?? []) {
      port.protocol ??= "TCP";
      port.targetPort ??= port.port;
    }
  },
  prepareCreate(service, context) {
    assignAddresses(service, context);
    service.status = { loadBalancer: {} };
  },
  prepareUpdate(service, old, context) {
    if (service.spec.type !== "ExternalName") {
      // What the server allocated stays when the client leaves it out.
      service.spec.clusterIP ||= old.spec.clusterIP;
      service.spec.ipFamilies ??= old.spec.ipFamilies;
      service.spec.ipFamilyPolicy ??= old.spec.ipFamilyPolicy;
    }
    assignAddresses(service, context);
  },
  validate(service) {
    const errors: FieldError[] = [];
    const { ports, type, clusterIP } = service.spec;
    if (!ports?.length && type !== "ExternalName" && clusterIP !== "None")
      errors.push(requiredField("spec.ports"));
    for (const [index, port] of (ports ?? []).entries()) {
      if (!(port.port > 0 && port.port < 65_536)) {
        errors.push(
          invalidField(`spec.ports[${index}].port`, port.port, "must be between 1 and 65535, inclusive"),
        );
      }
      if (ports.length > 1 && !port.name) errors.push(requiredField(`spec.ports[${index}].name`));
    }
    return errors;
  },
  validateUpdate(service, old) {
    const before = old.spec.clusterIP;
    const changed = before && before !== "None" && service.spec.clusterIP !== before;
    return changed && service.spec.type !== "ExternalName"
      ? [invalidField("spec.clusterIPs[0]", service.spec.clusterIPs, "may not change once set")]
      : [];
  },
  fields: (service) => ({
    "spec.clusterIP": service.spec?.clusterIP ?? "",
    "spec.type": service.spec?.type ?? "",
  }),
};
