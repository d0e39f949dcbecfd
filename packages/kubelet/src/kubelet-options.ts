import type { Clock, Logger, Provider, Taint } from "@vkubelet/core";
import type { RequestLimit } from "./api/request-limit.ts";
import type { ClusterAccess } from "./cluster-access/cluster-access.ts";
import type { LeaderElectionSettings } from "./leadership.ts";
import type { OrphanSettings } from "./pods/orphan-sweep.ts";
import type { KubeletServerSettings } from "./server-settings.ts";

/** What a virtual kubelet is made of. */
export interface KubeletOptions {
  /** Runs the pods. */
  readonly provider: Provider;
  /** Name of the node object; also its hostname label. */
  readonly nodeName: string;
  /**
   * How to reach the API server: a `KubeConfig` of @kubernetes/client-node, or what `loadClusterAccess` answers. Default:
   * as kubectl finds it (KUBECONFIG, ~/.kube/config, in-cluster), by `loadClusterAccess`.
   */
  readonly kubeConfig?: ClusterAccess;
  /** Added to the node's labels. The label `type=virtual-kubelet` is there by default and can be changed here. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Default: `virtual-kubelet.io/provider=<name>:NoSchedule`. An empty list registers the node without taints. */
  readonly taints?: readonly Taint[];
  /**
   * What a cloud calls this node, for tools that ask the cloud about it (`spec.providerID`). It can be set once and not
   * changed. Default: none.
   */
  readonly providerID?: string;
  /** The address at which the API server reaches this process. Default: the first non-loopback IPv4 address. */
  readonly internalIP?: string;
  /** The kubelet's HTTPS server, which `kubectl logs` needs. */
  readonly server?: KubeletServerSettings;
  /** The domain of the cluster's Services. Default: none, and then no pod has a full name (pod-semantics H2). */
  readonly clusterDomain?: string;
  /**
   * Addresses of the cluster's DNS servers, for pods whose DNS policy asks them. Default: none, and then pods resolve
   * names as their backend does (pod-semantics H4). Only for backends from whose pods these servers can be reached.
   */
  readonly clusterDNS?: readonly string[];
  /** Pods handled at the same time; 64 by default. */
  readonly concurrency?: number;
  /** What becomes of pods that the backend runs although their objects are gone. */
  readonly orphans?: OrphanSettings;
  /** Holds requests to the API server back, but for heartbeats. Default: none is held back; the server's own limits count. */
  readonly apiRequests?: RequestLimit;
  /**
   * For several processes under one node name, of which one works: `startKubelet` then waits for the Lease. Default:
   * none, and the caller sees to it that only one process serves the node.
   */
  readonly leaderElection?: LeaderElectionSettings;
  /** Ends the wait for the leadership; once the node is registered it has no effect. */
  readonly signal?: AbortSignal;
  /** Default: silent. */
  readonly logger?: Logger;
  /** Default: the system clock. */
  readonly clock?: Clock;
}
