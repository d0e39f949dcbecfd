import type { NodeDescription, ObjectMeta, ProviderHealth, Taint } from "@vkubelet/core";

/** The part of a core/v1 Node that the runtime reads and writes. */
export interface NodeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
  readonly spec?: {
    readonly taints?: readonly Taint[];
    readonly unschedulable?: boolean;
    readonly providerID?: string;
  };
  readonly status?: NodeStatus;
}

export interface NodeStatus {
  readonly capacity?: Readonly<Record<string, string>>;
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly conditions?: readonly NodeCondition[];
  readonly addresses?: readonly { readonly type: string; readonly address: string }[];
  readonly daemonEndpoints?: { readonly kubeletEndpoint: { readonly Port: number } };
  readonly nodeInfo?: Readonly<Record<string, unknown>>;
}

export interface NodeCondition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason: string;
  readonly message: string;
  readonly lastHeartbeatTime: string;
  readonly lastTransitionTime: string;
}

/** What the user decided about the node, and what the process knows of itself. */
export interface NodeIdentity {
  readonly name: string;
  readonly providerName: string;
  /** Added to, and winning over, the standard labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** What a cloud calls this node; it can be set once, and not changed. */
  readonly providerID?: string | undefined;
  /** The address at which the API server reaches the kubelet server. */
  readonly internalIP: string;
  readonly kubeletPort: number;
  readonly kubeletVersion: string;
}

/** The labels of a virtual node: those that a kubelet sets, the one that users of virtual kubelets select by, and the user's. */
export function nodeLabels(
  identity: NodeIdentity,
  description: NodeDescription,
): Readonly<Record<string, string>> {
  return {
    "kubernetes.io/hostname": identity.name,
    "kubernetes.io/os": description.operatingSystem,
    "kubernetes.io/arch": description.architecture,
    type: "virtual-kubelet",
    ...description.labels,
    ...identity.labels,
  };
}

/** The taint that keeps pods away which do not ask for this provider, as other virtual kubelets name it. */
export function providerTaint(providerName: string): Taint {
  return { key: "virtual-kubelet.io/provider", value: providerName, effect: "NoSchedule" };
}

/** The complete status that the node reports. `previous` keeps the transition times. */
export function nodeStatus(
  identity: NodeIdentity,
  description: NodeDescription,
  health: ProviderHealth,
  previous: NodeStatus | undefined,
  now: string,
): NodeStatus {
  const condition = (
    type: string,
    status: "True" | "False",
    reason: string,
    message: string,
  ): NodeCondition => {
    const before = previous?.conditions?.find((other) => other.type === type);
    return {
      type,
      status,
      reason,
      message,
      lastHeartbeatTime: now,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
    };
  };
  const provider = identity.providerName;
  return {
    capacity: description.capacity,
    allocatable: description.allocatable ?? description.capacity,
    conditions: [
      condition(
        "MemoryPressure",
        "False",
        "KubeletHasSufficientMemory",
        `${provider} has memory for its pods`,
      ),
      condition("DiskPressure", "False", "KubeletHasNoDiskPressure", `${provider} has no disk pressure`),
      condition("PIDPressure", "False", "KubeletHasSufficientPID", `${provider} has process identifiers`),
      condition("NetworkUnavailable", "False", "RouteCreated", `the network of pods is that of ${provider}`),
      health.healthy
        ? condition("Ready", "True", "KubeletReady", `vkubelet is posting ready status for ${provider}`)
        : condition(
            "Ready",
            "False",
            health.reason ?? "ProviderUnhealthy",
            health.message ?? `${provider} is not healthy`,
          ),
    ],
    addresses: [
      { type: "InternalIP", address: identity.internalIP },
      { type: "Hostname", address: identity.name },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: identity.kubeletPort } },
    nodeInfo: {
      machineID: "",
      systemUUID: "",
      bootID: "",
      kernelVersion: "",
      osImage: "",
      containerRuntimeVersion: description.runtimeVersion ?? `${provider}://0`,
      kubeletVersion: identity.kubeletVersion,
      kubeProxyVersion: "",
      operatingSystem: description.operatingSystem,
      architecture: description.architecture,
    },
  };
}
