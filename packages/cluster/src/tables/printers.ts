import type { Json, KubeObject } from "../api/objects.ts";
import { age, type CellPrinter, type Cells, containerCells, orNone, pairs, selectorText } from "./cells.ts";
import { networkCells } from "./network-cells.ts";
import { podCells } from "./pod-cells.ts";
import { policyCells } from "./policy-cells.ts";
import { scaleCells } from "./scale-table.ts";
import { storageCells } from "./storage-cells.ts";
import { ageSince, humanDuration } from "./time-text.ts";

function containersOf(spec: Json): [string, string] {
  return containerCells(spec?.template?.spec?.containers);
}

function nodeCells(node: KubeObject, now: number): Cells {
  const ready = (node.status?.conditions ?? []).find((condition: Json) => condition.type === "Ready");
  const state = ready ? (ready.status === "True" ? "Ready" : "NotReady") : "Unknown";
  const prefix = "node-role.kubernetes.io/";
  const roles = Object.entries(node.metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(prefix) && key.length > prefix.length) return [key.slice(prefix.length)];
    return key === "kubernetes.io/role" && value ? [value] : [];
  });
  const address = (type: string) =>
    orNone((node.status?.addresses ?? []).find((entry: Json) => entry.type === type)?.address);
  const info = node.status?.nodeInfo ?? {};
  return [
    node.metadata.name,
    node.spec?.unschedulable ? `${state},SchedulingDisabled` : state,
    orNone([...new Set(roles)].sort().join(",")),
    age(node, now),
    info.kubeletVersion ?? "",
    address("InternalIP"),
    address("ExternalIP"),
    info.osImage || "<unknown>",
    info.kernelVersion || "<unknown>",
    info.containerRuntimeVersion || "<unknown>",
  ];
}

function serviceCells(service: KubeObject, now: number): Cells {
  const { type, clusterIP, externalIPs, externalName, ports, selector } = service.spec;
  const balancer = (service.status?.loadBalancer?.ingress ?? []).map(
    (entry: Json) => entry.ip ?? entry.hostname,
  );
  const external =
    type === "ExternalName"
      ? externalName
      : [...balancer, ...(externalIPs ?? [])].join(",") || (type === "LoadBalancer" ? "<pending>" : "<none>");
  const portText = (ports ?? [])
    .map((port: Json) => `${port.port}${port.nodePort ? `:${port.nodePort}` : ""}/${port.protocol}`)
    .join(",");
  return [
    service.metadata.name,
    type,
    orNone(clusterIP),
    external,
    orNone(portText),
    age(service, now),
    pairs(selector),
  ];
}

function eventCells(event: KubeObject, now: number): Cells {
  const about = event["involvedObject"] ?? {};
  const first = event["firstTimestamp"] ?? event["eventTime"];
  const last = event["series"]?.lastObservedTime ?? event["lastTimestamp"] ?? first;
  const source = event["source"] ?? {};
  return [
    last ? ageSince(last, now) : "<unknown>",
    event["type"] ?? "",
    event["reason"] ?? "",
    about.name ? `${about.kind?.toLowerCase()}/${about.name}` : (about.kind?.toLowerCase() ?? ""),
    about.fieldPath ?? "",
    source.host
      ? `${source.component}, ${source.host}`
      : (source.component ?? event["reportingComponent"] ?? ""),
    String(event["message"] ?? "").trim(),
    first ? ageSince(first, now) : "<unknown>",
    event["series"]?.count ?? event["count"] ?? 1,
    event.metadata.name,
  ];
}

function deploymentCells(object: KubeObject, now: number): Cells {
  const { readyReplicas = 0, updatedReplicas = 0, availableReplicas = 0 } = object.status ?? {};
  const ready = `${readyReplicas}/${object.spec.replicas}`;
  return [
    object.metadata.name,
    ready,
    updatedReplicas,
    availableReplicas,
    age(object, now),
    ...containersOf(object.spec),
    selectorText(object.spec.selector),
  ];
}

function replicaSetCells(object: KubeObject, now: number): Cells {
  const { replicas = 0, readyReplicas = 0 } = object.status ?? {};
  return [
    object.metadata.name,
    object.spec.replicas,
    replicas,
    readyReplicas,
    age(object, now),
    ...containersOf(object.spec),
    selectorText(object.spec.selector),
  ];
}

function daemonSetCells(object: KubeObject, now: number): Cells {
  const status = object.status ?? {};
  return [
    object.metadata.name,
    status.desiredNumberScheduled ?? 0,
    status.currentNumberScheduled ?? 0,
    status.numberReady ?? 0,
    status.updatedNumberScheduled ?? 0,
    status.numberAvailable ?? 0,
    pairs(object.spec.template?.spec?.nodeSelector),
    age(object, now),
    ...containersOf(object.spec),
    selectorText(object.spec.selector),
  ];
}

function jobCells(job: KubeObject, now: number): Cells {
  const { succeeded = 0, startTime, completionTime, conditions = [] } = job.status ?? {};
  const is = (type: string) =>
    conditions.some((entry: Json) => entry.type === type && entry.status === "True");
  const state =
    ["Complete", "Failed", "Suspended", "FailureTarget"].find(is) ??
    (job.metadata.deletionTimestamp ? "Terminating" : "Running");
  const parallelism = job.spec.parallelism ?? 0;
  const wanted = job.spec.completions ?? (parallelism > 1 ? `1 of ${parallelism}` : 1);
  const duration = startTime
    ? humanDuration((completionTime ? Date.parse(completionTime) : now) - Date.parse(startTime))
    : "";
  return [
    job.metadata.name,
    state === "FailureTarget" ? "Failed" : state,
    `${succeeded}/${wanted}`,
    duration,
    age(job, now),
    ...containersOf(job.spec),
    selectorText(job.spec.selector),
  ];
}

function cronJobCells(object: KubeObject, now: number): Cells {
  const { schedule, timeZone, suspend, jobTemplate } = object.spec;
  const { active = [], lastScheduleTime } = object.status ?? {};
  return [
    object.metadata.name,
    schedule,
    orNone(timeZone),
    suspend ? "True" : "False",
    active.length,
    lastScheduleTime ? ageSince(lastScheduleTime, now) : "<none>",
    age(object, now),
    ...containersOf(jobTemplate?.spec),
    selectorText(jobTemplate?.spec?.selector),
  ];
}

function bindingCells(object: KubeObject, now: number): Cells {
  const subjects: Json[] = object["subjects"] ?? [];
  const names = (kind: string) =>
    subjects
      .filter((subject) => subject.kind === kind)
      .map((subject) => (kind === "ServiceAccount" ? `${subject.namespace}/${subject.name}` : subject.name))
      .join(", ");
  const { kind, name } = object["roleRef"] ?? {};
  return [
    object.metadata.name,
    `${kind}/${name}`,
    age(object, now),
    names("User"),
    names("Group"),
    names("ServiceAccount"),
  ];
}

function csrCells(object: KubeObject, now: number): Cells {
  const { signerName, username, expirationSeconds } = object.spec;
  const conditions: Json[] = object.status?.conditions ?? [];
  const kinds = ["Approved", "Denied", "Failed"].filter((kind) =>
    conditions.some((entry) => entry.type === kind),
  );
  if (object.status?.certificate) kinds.push("Issued");
  const duration = expirationSeconds ? humanDuration(expirationSeconds * 1000) : "<none>";
  return [
    object.metadata.name,
    age(object, now),
    signerName,
    username ?? "",
    duration,
    kinds.join(",") || "Pending",
  ];
}

/** Who controls an object, as `daemonset.apps/NAME`. */
function controllerText({ metadata }: KubeObject): string {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return "<none>";
  const group = owner.apiVersion.includes("/") ? `.${owner.apiVersion.split("/")[0]}` : "";
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`;
}

function count(...maps: (Record<string, unknown> | undefined)[]): number {
  return maps.reduce((sum, map) => sum + Object.keys(map ?? {}).length, 0);
}

/** The cells of each resource in the order of its columns, by `group/plural`. Others are printed with name and age. */
export const cellPrinters: Readonly<Record<string, CellPrinter>> = {
  ...networkCells,
  ...policyCells,
  ...scaleCells,
  ...storageCells,
  "/pods": podCells,
  "/nodes": nodeCells,
  "/namespaces": (object, now) => [object.metadata.name, object.status?.phase ?? "", age(object, now)],
  "/services": serviceCells,
  "/events": eventCells,
  "/configmaps": (object, now) => [
    object.metadata.name,
    count(object["data"], object["binaryData"]),
    age(object, now),
  ],
  "/secrets": (object, now) => [
    object.metadata.name,
    object["type"] ?? "",
    count(object["data"]),
    age(object, now),
  ],
  "/serviceaccounts": (object, now) => [object.metadata.name, age(object, now)],
  "/podtemplates": (object) => [
    object.metadata.name,
    ...containerCells(object["template"]?.spec?.containers),
    pairs(object["template"]?.metadata?.labels),
  ],
  "/replicationcontrollers": (object, now) => [
    ...replicaSetCells(object, now).slice(0, -1),
    pairs(object.spec.selector),
  ],
  "apps/controllerrevisions": (object, now) => [
    object.metadata.name,
    controllerText(object),
    object["revision"] ?? 0,
    age(object, now),
  ],
  "apps/deployments": deploymentCells,
  "apps/replicasets": replicaSetCells,
  "apps/daemonsets": daemonSetCells,
  "apps/statefulsets": (object, now) => [
    object.metadata.name,
    `${object.status?.readyReplicas ?? 0}/${object.spec.replicas}`,
    age(object, now),
    ...containersOf(object.spec),
  ],
  "batch/jobs": jobCells,
  "batch/cronjobs": cronJobCells,
  "coordination.k8s.io/leases": (object, now) => [
    object.metadata.name,
    object.spec?.holderIdentity ?? "",
    age(object, now),
  ],
  "rbac.authorization.k8s.io/roles": (object) => [
    object.metadata.name,
    object.metadata.creationTimestamp ?? "",
  ],
  "rbac.authorization.k8s.io/clusterroles": (object) => [
    object.metadata.name,
    object.metadata.creationTimestamp ?? "",
  ],
  "rbac.authorization.k8s.io/rolebindings": bindingCells,
  "rbac.authorization.k8s.io/clusterrolebindings": bindingCells,
  "certificates.k8s.io/certificatesigningrequests": csrCells,
  "node.k8s.io/runtimeclasses": (object, now) => [
    object.metadata.name,
    object["handler"] ?? "",
    age(object, now),
  ],
};
