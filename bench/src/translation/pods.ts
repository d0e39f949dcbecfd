import type { Pod } from "@vkubelet/core";
import type { ResolveInputs } from "@vkubelet/pod";

/** What the API server and its admission add to every pod that a Deployment makes. */
const defaults = {
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 30,
  dnsPolicy: "ClusterFirst",
  serviceAccountName: "default",
  serviceAccount: "default",
  nodeName: "virtual",
  securityContext: {},
  schedulerName: "default-scheduler",
  priority: 0,
  enableServiceLinks: true,
  preemptionPolicy: "PreemptLowerPriority",
  tolerations: [
    {
      key: "node.kubernetes.io/not-ready",
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: 300,
    },
    {
      key: "node.kubernetes.io/unreachable",
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: 300,
    },
  ],
} as const;

const tokenVolume = "kube-api-access-x7k2p";

const apiAccess = {
  name: tokenVolume,
  projected: {
    defaultMode: 420,
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      {
        downwardAPI: {
          items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
        },
      },
    ],
  },
};

const containerDefaults = {
  imagePullPolicy: "IfNotPresent",
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
} as const;

const tokenMount = {
  name: tokenVolume,
  readOnly: true,
  mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
};

/** A pod as the smallest Deployment makes it: one container with a command, everything else defaults. */
export const plainPod: Pod = {
  metadata: metadata("plain-6d9f7c5b8-2vxkq", "plain"),
  spec: {
    ...defaults,
    containers: [
      {
        name: "main",
        image: "registry.example/plain:1.4.2",
        command: ["/usr/bin/server"],
        args: ["--port=8080"],
        resources: {},
        volumeMounts: [tokenMount],
        ...containerDefaults,
      },
    ],
    volumes: [apiAccess],
  },
};

/** A service with a helper beside it: two containers, configuration, secrets, downward API, resources and a volume. */
export const servicePod: Pod = {
  metadata: metadata("shop-7f4d9b6c5-q8wzn", "shop"),
  spec: {
    ...defaults,
    containers: [
      {
        name: "shop",
        image: "registry.example/shop:2.11.0",
        command: ["/usr/bin/shop"],
        args: ["--listen=:8080", "--database=$(DATABASE_URL)"],
        ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
        envFrom: [{ configMapRef: { name: "shop" } }],
        env: [
          {
            name: "POD_NAME",
            valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } },
          },
          {
            name: "POD_IP",
            valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } },
          },
          {
            name: "MEMORY_LIMIT",
            valueFrom: { resourceFieldRef: { resource: "limits.memory", divisor: "1Mi" } },
          },
          {
            name: "DATABASE_PASSWORD",
            valueFrom: { secretKeyRef: { name: "shop", key: "password" } },
          },
          { name: "DATABASE_URL", value: "postgres://shop:$(DATABASE_PASSWORD)@db/shop" },
          { name: "LOG_LEVEL", value: "info" },
        ],
        resources: {
          requests: { cpu: "250m", memory: "256Mi" },
          limits: { cpu: "1", memory: "512Mi" },
        },
        volumeMounts: [{ name: "cache", mountPath: "/var/cache/shop" }, tokenMount],
        ...containerDefaults,
      },
      {
        name: "exporter",
        image: "registry.example/exporter:0.9.1",
        command: ["/usr/bin/exporter", "--target=http://127.0.0.1:8080"],
        env: [{ name: "LOG_LEVEL", value: "warn" }],
        resources: {
          requests: { cpu: "10m", memory: "32Mi" },
          limits: { cpu: "100m", memory: "64Mi" },
        },
        volumeMounts: [tokenMount],
        ...containerDefaults,
      },
    ],
    volumes: [{ name: "cache", emptyDir: {} }, apiAccess],
  },
};

/** The cluster around those pods. */
export const inputs: ResolveInputs = {
  attempt: 0,
  configMap: (name) =>
    ({
      "kube-root-ca.crt": { data: { "ca.crt": `-----BEGIN CERTIFICATE-----\n${"A".repeat(1_400)}\n` } },
      shop: { data: { REGION: "north", CURRENCY: "EUR", FEATURES: "search,basket,checkout" } },
    })[name],
  secret: (name) => (name === "shop" ? { data: { password: "aHVudGVyMg==" } } : undefined),
  services: [
    {
      metadata: { name: "kubernetes", namespace: "default" },
      spec: { clusterIP: "10.96.0.1", ports: [{ name: "https", port: 443, protocol: "TCP" }] },
    },
    {
      metadata: { name: "db", namespace: "default" },
      spec: { clusterIP: "10.96.41.7", ports: [{ port: 5432, protocol: "TCP" }] },
    },
  ],
  nodeAllocatable: { cpu: "8", memory: "32Gi" },
  token: () => ({ token: "t".repeat(900), expiresAt: "2030-01-01T00:00:00Z" }),
};

function metadata(name: string, application: string): NonNullable<Pod["metadata"]> {
  return {
    name,
    namespace: "default",
    uid: "5f0c2a0e-6f0f-4a51-9b1f-0f3d7f7a8c11",
    labels: { app: application, "pod-template-hash": name.split("-").at(-2) ?? "" },
  };
}
