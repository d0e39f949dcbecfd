import type { Json, Lot } from "./lot.ts";

const images = [
  ...[
    "nginx",
    "nginx:1.27",
    "nginx:latest",
    "reg.example:5000/a/b",
    "reg.example:5000/a/b:v1",
    "ghcr.io/a/b:latest",
  ],
  `nginx@sha256:${"a".repeat(64)}`,
  `nginx:latest@sha256:${"b".repeat(64)}`,
];
const cpus = ["100m", "0.5", 1, "1500m", "2", "0.0001", 0.25];
const memories = ["64Mi", "1Gi", "128000k", 1048576, "0.5Gi", "1e8"];

function resources(lot: Lot): Json {
  const list = () => lot.some(60, [() => ({ cpu: lot.one(cpus) }), () => ({ memory: lot.one(memories) })]);
  const limits = { ...list(), ...lot.some(15, [() => ({ "example.com/gpu": lot.one([1, "2"]) })]) };
  // A request may not exceed its limit: it is drawn only where no limit is.
  const requests = Object.fromEntries(Object.entries(list()).filter(([name]) => !(name in limits)));
  return {
    resources: { ...(lot.below(3) > 0 ? { limits } : {}), ...(lot.below(2) > 0 ? { requests } : {}) },
  };
}

function httpGet(lot: Lot): Json {
  return {
    httpGet: {
      port: lot.one([80, "http"]),
      ...lot.some(40, [() => ({ path: "/x" }), () => ({ scheme: "HTTPS" }), () => ({ host: "h" })]),
    },
  };
}

function probe(lot: Lot, name: string): Json {
  const handler = lot.one([
    () => httpGet(lot),
    () => ({ tcpSocket: { port: 1 } }),
    () => ({ exec: { command: ["x"] } }),
    () => ({ grpc: { port: 9, ...lot.some(50, [() => ({ service: "s" })]) } }),
  ])();
  const numbers = lot.some(30, [
    () => ({ timeoutSeconds: 4 }),
    () => ({ periodSeconds: 7 }),
    () => ({ failureThreshold: 9 }),
    () => ({ initialDelaySeconds: 5 }),
  ]);
  return { [name]: { ...handler, ...numbers } };
}

function environment(lot: Lot): Json {
  const sources: Json[] = [
    { value: "x" },
    { valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "spec.nodeName" } } },
    { valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } },
    { valueFrom: { resourceFieldRef: { resource: "limits.memory", divisor: "1Mi" } } },
    { valueFrom: { configMapKeyRef: { name: "m", key: "k" } } },
    { valueFrom: { secretKeyRef: { name: "s", key: "k", optional: true } } },
    {},
  ];
  const count = 1 + lot.below(4);
  return { env: Array.from({ length: count }, (_, index) => ({ name: `V${index}`, ...lot.one(sources) })) };
}

function container(
  lot: Lot,
  name: string,
  kind: "main" | "init" | "sidecar",
  volumes: readonly string[],
): Json {
  const mount = lot.one(volumes.length > 0 ? volumes : [""]);
  const mayBeProbed = kind !== "init";
  const ports = {
    ports: [
      { containerPort: 80 + lot.below(3), name: "http" },
      { containerPort: 53, protocol: "UDP" },
    ],
  };
  return {
    name,
    image: lot.one(images),
    ...(kind === "sidecar" ? { restartPolicy: "Always" } : {}),
    ...lot.some(35, [
      () => resources(lot),
      () => environment(lot),
      () => (kind === "main" ? ports : {}),
      () => ({ command: ["sh", "-c", "exit"] }),
      () => ({ imagePullPolicy: "Never" }),
      () => ({ terminationMessagePolicy: "FallbackToLogsOnError" }),
      () => ({ terminationMessagePath: "/x" }),
      () => ({
        securityContext: lot.one<Json>([{}, { runAsUser: 1000 }, { capabilities: { drop: ["ALL"] } }]),
      }),
      () => (mount === "" ? {} : { volumeMounts: [{ name: mount, mountPath: "/m" }] }),
      () => (lot.below(4) === 0 ? tokenMount(volumes) : {}),
      () => ({ envFrom: [{ configMapRef: { name: "m" } }] }),
    ]),
    ...(mayBeProbed
      ? lot.some(40, [
          () => probe(lot, "livenessProbe"),
          () => probe(lot, "readinessProbe"),
          () => probe(lot, "startupProbe"),
          () => ({ lifecycle: { postStart: httpGet(lot), preStop: { sleep: { seconds: 3 } } } }),
        ])
      : {}),
  };
}

/** Something at the place where the token would be mounted. */
function tokenMount(volumes: readonly string[]): Json {
  const mountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
  return volumes[0] === undefined ? {} : { volumeMounts: [{ name: volumes[0], mountPath }] };
}

const volumeSources: readonly Json[] = [
  {},
  { emptyDir: {} },
  { emptyDir: { medium: "Memory", sizeLimit: "1Gi" } },
  { configMap: { name: "m" } },
  { configMap: { name: "m", defaultMode: 256, items: [{ key: "a", path: "b" }] } },
  { secret: { secretName: "s" } },
  { hostPath: { path: "/x" } },
  { hostPath: { path: "/x", type: "Directory" } },
  { downwardAPI: { items: [{ path: "n", fieldRef: { fieldPath: "metadata.name" } }] } },
  {
    downwardAPI: {
      items: [{ path: "c", resourceFieldRef: { containerName: "c0", resource: "limits.cpu" } }],
    },
  },
  { projected: { sources: [{ serviceAccountToken: { path: "t" } }, { secret: { name: "s" } }] } },
  {
    projected: {
      sources: [{ downwardAPI: { items: [{ path: "u", fieldRef: { fieldPath: "metadata.uid" } }] } }],
    },
  },
  { persistentVolumeClaim: { claimName: "p" } },
  { iscsi: { targetPortal: "10.0.0.1", iqn: "iqn.2001-04.com.example:a", lun: 1 } },
  { rbd: { monitors: ["m:1"], image: "i" } },
  { azureDisk: { diskName: "d", diskURI: "https://blob/d.vhd" } },
  { scaleIO: { gateway: "https://g", system: "s", secretRef: { name: "x" }, volumeName: "v" } },
  { nfs: { server: "s", path: "/p" } },
  { image: { reference: "a/b" } },
  { image: { reference: "a/b:v1" } },
  { csi: { driver: "d.example" } },
  {
    ephemeral: {
      volumeClaimTemplate: {
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "0.5Gi" } } },
      },
    },
  },
];

/** A pod's spec that the API server takes. */
export function podSpec(
  lot: Lot,
  restartPolicies: readonly string[] = ["Always", "OnFailure", "Never"],
): Json {
  const volumes = Array.from({ length: lot.below(4) }, (_, index) => ({
    name: `v${index}`,
    ...lot.one(volumeSources),
  }));
  const names = volumes.map(({ name }) => name);
  const init = Array.from({ length: lot.below(3) }, (_, index) =>
    container(lot, `i${index}`, lot.one(["init", "sidecar"]), names),
  );
  const restartPolicy = lot.one(["", ...restartPolicies]);
  const needed = !restartPolicies.includes("Always") && restartPolicy === "" ? "Never" : restartPolicy;
  return {
    containers: Array.from({ length: 1 + lot.below(2) }, (_, index) =>
      container(lot, `c${index}`, "main", names),
    ),
    ...(init.length > 0 ? { initContainers: init } : {}),
    ...(volumes.length > 0 ? { volumes } : {}),
    ...(needed === "" ? {} : { restartPolicy: needed }),
    ...lot.some(20, [
      () => ({ dnsPolicy: "Default" }),
      () => ({ securityContext: { fsGroup: 1000, runAsNonRoot: true } }),
      () => ({ terminationGracePeriodSeconds: lot.one([5, 60]) }),
      () => ({ schedulerName: "other" }),
      () => ({ enableServiceLinks: false }),
      () => ({ serviceAccountName: "default" }),
      () => ({ serviceAccount: "default" }),
      () => ({ automountServiceAccountToken: false }),
      () => ({ nodeSelector: { disk: "ssd" } }),
      () => ({ hostname: "h", subdomain: "s" }),
      () => ({ shareProcessNamespace: true }),
      () => ({ tolerations: [lot.one(tolerations)] }),
      () => ({ topologySpreadConstraints: [spread] }),
      () => ({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }),
    ]),
  };
}

const tolerations: readonly Json[] = [
  { operator: "Exists" },
  { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 5 },
  { key: "node.kubernetes.io/unreachable", operator: "Exists" },
  { key: "virtual", operator: "Equal", value: "yes", effect: "NoSchedule" },
];
/** Selects what the samples' templates are labelled with. */
export const labelSelector = { matchLabels: { app: "a" } };
const spread = { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule", labelSelector };
const term = { topologyKey: "kubernetes.io/hostname", labelSelector };

/** Pods whose like the other samples cannot be: on the host's network, with resources of the pod as a whole. */
export function specialPodSpec(lot: Lot): Json {
  const plain = {
    containers: [{ name: "c0", image: "a", ports: [{ containerPort: 8080 + lot.below(100) }] }],
  };
  return lot.one([
    () => ({ ...plain, hostNetwork: true }),
    () => ({ ...plain, priorityClassName: lot.one(["system-node-critical", "system-cluster-critical"]) }),
    () => ({ ...plain, terminationGracePeriodSeconds: -5 }),
    () => ({
      resources: { limits: { cpu: "2", memory: "2Gi" } },
      initContainers: [{ name: "i", image: "a", resources: { requests: { cpu: "900m" } } }],
      containers: [{ name: "c0", image: "a", resources: { requests: { cpu: "0.3" } } }],
    }),
    () => ({
      resources: { limits: { cpu: "2", memory: "1Gi" }, requests: { cpu: "1" } },
      containers: [
        { name: "c0", image: "a", resources: { limits: { "hugepages-2Mi": "4Mi", memory: "64Mi" } } },
        { name: "c1", image: "a", resources: { limits: { "hugepages-2Mi": "2Mi", cpu: 1 } } },
      ],
    }),
  ])();
}
