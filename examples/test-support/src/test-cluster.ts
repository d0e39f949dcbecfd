import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { type Cluster, createCluster, type Json, type KubeObject } from "@vkubelet/cluster";

/** How long a test waits for one state before it says what it saw last. */
const patienceMs = 60_000;

/** An in-memory cluster and what the examples need to join it. */
export interface TestCluster extends AsyncDisposable {
  /** Environment that makes an example join this cluster. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same for a kubelet of this process. */
  kubeConfig(): KubeConfig;
  readonly kubeletClientCa: string;
  /** Creates a pod in `default` that asks for the virtual node and tolerates its taint. */
  createPod(name: string, nodeName: string, spec: Json): void;
  deletePod(name: string): void;
  /** Resolves with the pod once it is accepted; rejects with the pod as it was seen last. */
  waitForPod(name: string, accept: (pod: KubeObject) => boolean): Promise<KubeObject>;
  /** Resolves when the pod's object is gone. */
  waitForNoPod(name: string): Promise<void>;
  /** Resolves with the node once its condition Ready has that status, by default True. */
  waitForNode(name: string, ready?: "True" | "False"): Promise<KubeObject>;
  /** Output of a container, through the API server and the kubelet, as `kubectl logs` gets it. */
  podLog(name: string, container: string): Promise<string>;
}

/** Starts a cluster and writes its kubeconfig and kubelet client CA to a directory that goes with it. */
export async function createTestCluster(): Promise<TestCluster> {
  const cluster = await createCluster();
  const directory = await mkdtemp(join(tmpdir(), "vkubelet-example-"));
  const kubeconfigFile = join(directory, "kubeconfig");
  const clientCaFile = join(directory, "kubelet-client-ca.crt");
  await writeFile(kubeconfigFile, cluster.kubeconfig, { mode: 0o600 });
  await writeFile(clientCaFile, cluster.kubeletClientCertificateAuthority);
  const kubeConfig = () => {
    const config = new KubeConfig();
    config.loadFromString(cluster.kubeconfig);
    return config;
  };
  const pod = (name: string) => cluster.objects.get("pods", "default", name);
  return {
    environment: {
      KUBECONFIG: kubeconfigFile,
      CLIENT_CA_FILE: clientCaFile,
      INTERNAL_IP: "127.0.0.1",
      KUBELET_PORT: "0",
    },
    kubeConfig,
    kubeletClientCa: cluster.kubeletClientCertificateAuthority,
    createPod: (name, nodeName, spec) => createPod(cluster, name, nodeName, spec),
    deletePod: (name) => cluster.objects.delete("pods", "default", name),
    waitForPod: (name, accept) => waitFor(`pod ${name}`, () => pod(name), accept),
    waitForNoPod: async (name) => {
      await waitFor(
        `no pod ${name}`,
        () => ({ left: pod(name) }),
        ({ left }) => left === undefined,
      );
    },
    waitForNode: (name, ready = "True") =>
      waitFor(
        `node ${name} with Ready=${ready}`,
        () => cluster.objects.get("nodes", undefined, name),
        (node) => readyCondition(node)?.status === ready,
      ),
    podLog: (name, container) =>
      kubeConfig().makeApiClient(CoreV1Api).readNamespacedPodLog({ name, namespace: "default", container }),
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function createPod(cluster: Cluster, name: string, nodeName: string, spec: Json): void {
  cluster.objects.create("pods", "default", {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: {
      nodeSelector: { "kubernetes.io/hostname": nodeName },
      tolerations: [{ key: "virtual-kubelet.io/provider", operator: "Exists" }],
      automountServiceAccountToken: false,
      ...spec,
    },
  });
}

/** The condition Ready of a node, as far as it is there. */
export function readyCondition(node: KubeObject): Json {
  return node.status?.conditions?.find(({ type }: Json) => type === "Ready");
}

async function waitFor<Value>(
  what: string,
  look: () => Value | undefined,
  accept: (value: Value) => boolean,
): Promise<Value> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = look();
    if (value !== undefined && accept(value)) return value;
    if (Date.now() > deadline) {
      throw new Error(`${what}: not seen; last: ${JSON.stringify(value, undefined, 1)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
