import type { ObjectMeta, Pod, PodSpec, Taint } from "@vkubelet/core";

/** The part of a core/v1 Node that decides which pods it takes. */
export interface NodeForAdmission {
  readonly metadata?: ObjectMeta;
  readonly spec?: { readonly taints?: readonly Taint[] };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly features?: { readonly supplementalGroupsPolicy?: boolean };
  };
}

/** One condition on labels: of nodes with all six operators, of pods and namespaces without `Gt` and `Lt`. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface NodeSelectorTerm {
  readonly matchExpressions?: readonly LabelRequirement[];
  /** Only `metadata.name`, with `In` and `NotIn` and one value. */
  readonly matchFields?: readonly LabelRequirement[];
}

export interface PreferredSchedulingTerm {
  readonly weight: number;
  readonly preference: NodeSelectorTerm;
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelRequirement[];
}

export interface PodAffinityTerm {
  readonly topologyKey: string;
  readonly labelSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: LabelSelector;
}

export interface TopologySpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly whenUnsatisfiable: string;
  readonly labelSelector?: LabelSelector;
  readonly minDomains?: number;
}

/** What the scheduler and the kubelet's admission read of a pod's spec beside what core types. */
export interface SchedulingFields {
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms?: readonly NodeSelectorTerm[];
      };
      readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly PreferredSchedulingTerm[];
    };
    readonly podAffinity?: RequiredPodTerms;
    readonly podAntiAffinity?: RequiredPodTerms;
  };
  readonly topologySpreadConstraints?: readonly TopologySpreadConstraint[];
  readonly os?: { readonly name: string };
}

export interface RequiredPodTerms {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
}

/** The pod's spec with the fields above. */
export function schedulingSpec(pod: Pod): PodSpec & SchedulingFields {
  return pod.spec ?? { containers: [] };
}
