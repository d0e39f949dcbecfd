import { fileURLToPath } from "node:url";
import { buildGoCommands, findGoCommands, type GoBuild, goBuildObstacle } from "../build-go.ts";
import type { Peer } from "../peer.ts";

/** The version of Kubernetes whose code the end-to-end tests run. */
export const kubernetesVersion = "1.36.3";
const [major, minor] = kubernetesVersion.split(".");
const versionPackage = "k8s.io/component-base/version";

const goModule = (name: string) => fileURLToPath(new URL(`../../go/${name}`, import.meta.url));

const etcdBuild: GoBuild = {
  name: "etcd",
  version: "3.6.16",
  moduleFolder: goModule("etcd"),
  commands: { etcd: "go.etcd.io/etcd/server/v3" },
};

const kubernetesBuild: GoBuild = {
  name: "kubernetes",
  version: kubernetesVersion,
  moduleFolder: goModule("kubernetes"),
  commands: {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    kubectl: "k8s.io/kubernetes/cmd/kubectl",
  },
  // Without them `kubectl version` is empty and behaviour gated on a version breaks.
  linkerFlags: [
    `-X ${versionPackage}.gitVersion=v${kubernetesVersion}`,
    `-X ${versionPackage}.gitMajor=${major}`,
    `-X ${versionPackage}.gitMinor=${minor}`,
  ],
};

/** Absolute paths of the commands that make a control plane. */
export interface KubernetesCommands {
  readonly etcd: string;
  readonly apiServer: string;
  readonly controllerManager: string;
  readonly scheduler: string;
  readonly kubectl: string;
}

/** The commands of a control plane, from PATH or the cache; `undefined` when one is missing. */
export async function findKubernetesCommands(): Promise<KubernetesCommands | undefined> {
  const etcd = await findGoCommands(etcdBuild);
  const kubernetes = await findGoCommands(kubernetesBuild);
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
export const kubernetesPeer: Peer = {
  name: "kubernetes",
  version: kubernetesVersion,
  async find() {
    const builds = [etcdBuild, kubernetesBuild];
    const found = await Promise.all(builds.map((build) => findGoCommands(build)));
    const missing = builds
      .filter((_, index) => found[index] === undefined)
      .flatMap((build) => Object.keys(build.commands));
    const kubernetes = found[1];
    if (missing.length === 0 && kubernetes !== undefined) {
      return { found: true, origin: kubernetes.origin, location: kubernetes.paths["kube-apiserver"] ?? "" };
    }
    const obstacle = await goBuildObstacle();
    const why = obstacle === undefined ? "" : `, and cannot be built: ${obstacle}`;
    return { found: false, reason: `${missing.join(", ")} not on PATH and not built${why}` };
  },
  async install(options = {}) {
    await buildGoCommands(etcdBuild, options);
    await buildGoCommands(kubernetesBuild, options);
  },
};
