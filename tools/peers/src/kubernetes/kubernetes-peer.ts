import { fileURLToPath } from "node:url";
import { buildGoCommands, findGoCommands, type GoBuild, goBuildObstacle } from "../build-go.ts";
import type { Peer } from "../peer.ts";

/** The newest version of Kubernetes whose code the end-to-end tests run. */
export const kubernetesVersion = "1.36.3";

/**
 * The oldest one. Its API server is the first that keeps, without a feature gate, everything that a kubelet writes and
 * reads here: `observedGeneration` of a pod and `resources` of a whole pod.
 */
export const oldestKubernetesVersion = "1.34.4";

/** Which of the two. */
export type KubernetesRelease = "newest" | "oldest";

const goModule = (name: string) => fileURLToPath(new URL(`../../go/${name}`, import.meta.url));

const etcdBuild: GoBuild = {
  name: "etcd",
  version: "3.6.16",
  moduleFolder: goModule("etcd"),
  commands: { etcd: "go.etcd.io/etcd/server/v3" },
};

const builds: Readonly<Record<KubernetesRelease, GoBuild>> = {
  newest: kubernetesBuild(kubernetesVersion, "kubernetes"),
  // What stands on PATH is the machine's only version, and would make both the same.
  oldest: { ...kubernetesBuild(oldestKubernetesVersion, "kubernetes-oldest"), cacheOnly: true },
};

function kubernetesBuild(version: string, moduleName: string): GoBuild {
  const [major, minor] = version.split(".");
  const versionPackage = "k8s.io/component-base/version";
  return {
    name: "kubernetes",
    version,
    moduleFolder: goModule(moduleName),
    commands: {
      "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
      "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
      "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
      kubectl: "k8s.io/kubernetes/cmd/kubectl",
    },
    // Without them `kubectl version` is empty and behaviour gated on a version breaks.
    linkerFlags: [
      `-X ${versionPackage}.gitVersion=v${version}`,
      `-X ${versionPackage}.gitMajor=${major}`,
      `-X ${versionPackage}.gitMinor=${minor}`,
    ],
  };
}

/** Absolute paths of the commands that make a control plane. */
export interface KubernetesCommands {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  readonly kubectl: string;
}

/** The commands of a control plane, from PATH or the cache; `undefined` when one is missing. */
export async function findKubernetesCommands(
  release: KubernetesRelease = "newest",
): Promise<KubernetesCommands | undefined> {
  const etcd = await findGoCommands(etcdBuild);
  const kubernetes = await findGoCommands(builds[release]);
  if (etcd === undefined || kubernetes === undefined) return undefined;
  const path = (paths: Readonly<Record<string, string>>, name: string): string => {
    const found = paths[name];
    if (found === undefined) throw new Error(`find ${name}: the build does not list it`);
    return found;
  };
  return {
    etcd: path(etcd.paths, "etcd"),
    apiServer: path(kubernetes.paths, "kube-apiserver"),
    controllerManager: path(kubernetes.paths, "kube-controller-manager"),
    scheduler: path(kubernetes.paths, "kube-scheduler"),
    kubectl: path(kubernetes.paths, "kubectl"),
  };
}

/** etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kubectl. */
export const kubernetesPeer: Peer = controlPlanePeer("kubernetes", "newest");

/** The same of the oldest supported Kubernetes, never from PATH. */
export const oldestKubernetesPeer: Peer = controlPlanePeer("kubernetes-oldest", "oldest");

/** The peer that has the commands of a release. */
export const kubernetesPeers: Readonly<Record<KubernetesRelease, Peer>> = {
  newest: kubernetesPeer,
  oldest: oldestKubernetesPeer,
};

function controlPlanePeer(name: string, release: KubernetesRelease): Peer {
  const needed = [etcdBuild, builds[release]] as const;
  return {
    name,
    version: builds[release].version,
    async find() {
      const found = await Promise.all(needed.map((build) => findGoCommands(build)));
      const missing = needed
        .filter((_, index) => found[index] === undefined)
        .flatMap((build) => Object.keys(build.commands));
      const kubernetes = found[1];
      if (missing.length === 0 && kubernetes !== undefined) {
        return { found: true, origin: kubernetes.origin, location: kubernetes.paths["kube-apiserver"] ?? "" };
      }
      const obstacle = await goBuildObstacle();
      const why = obstacle === undefined ? "" : `, and cannot be built: ${obstacle}`;
      const where = builds[release].cacheOnly ? "not built" : "not on PATH and not built";
      return { found: false, reason: `${missing.join(", ")} ${where}${why}` };
    },
    async install(options = {}) {
      for (const build of needed) await buildGoCommands(build, options);
    },
  };
}
