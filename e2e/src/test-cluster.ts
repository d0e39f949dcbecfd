import { KubeConfig } from "@kubernetes/client-node";
import { startControlPlane } from "@vkubelet-tools/peers";

/** The outcome of one kubectl call. */
export interface KubectlResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A cluster that a suite runs on: the same suite for the real and for the in-memory one. */
export interface TestCluster extends AsyncDisposable {
  readonly kind: "kubernetes" | "memory";
  /** Credentials of an administrator. */
  kubeConfig(): KubeConfig;
  /** CA that signed the client certificate with which the API server calls kubelets. */
  readonly kubeletClientCa: string;
  kubectl(args: readonly string[], options?: { readonly input?: string }): Promise<KubectlResult>;
}

/** A real control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler. */
export async function startRealCluster(): Promise<TestCluster> {
  const plane = await startControlPlane();
  return {
    kind: "kubernetes",
    kubeletClientCa: plane.clientCaPem,
    kubeConfig: () => {
      const config = new KubeConfig();
      config.loadFromFile(plane.adminKubeconfig);
      return config;
    },
    kubectl: (args, options) => plane.kubectl(args, options),
    [Symbol.asyncDispose]: () => plane.stop(),
  };
}
