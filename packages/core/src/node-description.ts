import type { Taint } from "./kubernetes-types.ts";

/** What one virtual node stands for, as the backend sees it now. */
export interface NodeDescription {
  /** `cpu`, `memory`, `pods`, `ephemeral-storage`, `nvidia.com/gpu`, … as quantities. Always with `pods`. */
  readonly capacity: Readonly<Record<string, string>>;
  /** Defaults to `capacity`. */
  readonly allocatable?: Readonly<Record<string, string>>;
  /** Added to the labels that every node of vkubelet carries. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Added to the provider taint. */
  readonly taints?: readonly Taint[];
  /** Node label `kubernetes.io/os`. */
  readonly operatingSystem: "linux" | "windows";
  /** Node label `kubernetes.io/arch`, in Go's names. */
  readonly architecture: "amd64" | "arm64";
  /** Shown as container runtime version, in the form `name://version`. */
  readonly runtimeVersion?: string;
}

/** Whether the backend can take pods now. */
export interface ProviderHealth {
  readonly healthy: boolean;
  /** CamelCase; stands in the node's Ready condition. */
  readonly reason?: string;
  readonly message?: string;
}
