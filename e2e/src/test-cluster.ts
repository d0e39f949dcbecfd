import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { type ClusterOptions, createCluster } from "@vkubelet/cluster";
import { type Clock, systemClock } from "@vkubelet/core";
import {
  type ControlPlaneFaults,
  type ControlPlaneOptions,
  runCommand,
  startControlPlane,
} from "@vkubelet-tools/peers";
import { startProxiedConfig } from "./shut-proxy.ts";

/** The outcome of one kubectl call. */
export interface KubectlResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A kubectl for whoever starts it by themselves. */
export interface KubectlProgram {
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A cluster that a suite runs on: the same suite for the real and for the in-memory one. */
export interface TestCluster extends AsyncDisposable {
  readonly kind: "kubernetes" | "memory";
  /** The time by which it lives. */
  readonly clock: Clock;
  /** Credentials of an administrator. */
  kubeConfig(): KubeConfig;
  /** Credentials with which a kubelet serves this node: its own alone, where the cluster tells nodes apart. */
  nodeKubeConfig(nodeName: string): Promise<KubeConfig>;
  /** CA that signed the client certificate with which the API server calls kubelets. */
  readonly kubeletClientCa: string;
  kubectl(args: readonly string[], options?: { readonly input?: string }): Promise<KubectlResult>;
  /** The program and the variables with which `kubectl` runs. */
  readonly kubectlProgram: KubectlProgram;
  /** What can be done to its API server and its storage. */
  readonly faults: ControlPlaneFaults;
}

/** A real control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler. */
export async function startRealCluster(options: ControlPlaneOptions = {}): Promise<TestCluster> {
  const plane = await startControlPlane(options);
  return {
    kind: "kubernetes",
    clock: systemClock,
    kubeletClientCa: plane.clientCaPem,
    kubeConfig: () => loadedFrom(plane.adminKubeconfig),
    nodeKubeConfig: async (nodeName) =>
      loadedFrom(await plane.issueKubeconfig(`system:node:${nodeName}`, ["system:nodes"])),
    kubectl: (args, options) => plane.kubectl(args, options),
    kubectlProgram: plane.kubectlProgram(),
    faults: plane.faults,
    [Symbol.asyncDispose]: () => plane.stop(),
  };
}

/** The in-memory control plane, driven by a kubectl. */
export async function startMemoryCluster(
  kubectl: string,
  { clock = systemClock, ...options }: ClusterOptions & { readonly clock?: Clock } = {},
): Promise<TestCluster> {
  const cluster = await createCluster({ clock, ...options });
  const folder = await mkdtemp(join(tmpdir(), "vkubelet-memory-"));
  const kubeconfig = join(folder, "kubeconfig");
  // Everybody comes through a proxy, so that the cluster can be out of reach for all at once, as a real one is.
  const { config, proxy } = await startProxiedConfig(loadedFromText(cluster.kubeconfig));
  await writeFile(kubeconfig, config.exportConfig(), { mode: 0o600 });
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, "cache") };
  return {
    kind: "memory",
    clock,
    kubeletClientCa: cluster.kubeletClientCertificateAuthority,
    kubeConfig: () => loadedFrom(kubeconfig),
    nodeKubeConfig: async (nodeName) =>
      proxy.through(loadedFromText(cluster.kubeconfigFor(`system:node:${nodeName}`, ["system:nodes"]))),
    kubectl: (args, options) => runCommand(kubectl, args, { ...options, env }),
    kubectlProgram: { command: kubectl, env },
    faults: {
      pause: () => proxy.setHeld(true),
      resume: () => proxy.setHeld(false),
      kill: async () => proxy.setOpen(false),
      restart: async () => proxy.setOpen(true),
      compact: async () => cluster.faults.compact(),
    },
    [Symbol.asyncDispose]: async () => {
      proxy.close();
      await cluster[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function loadedFrom(path: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(path);
  return config;
}

function loadedFromText(text: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(text);
  return config;
}
