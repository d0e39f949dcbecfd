import type { NodeDescription } from "@vkubelet/core";
import type { FargateOptions } from "./options.ts";

const defaultCapacity = { cpu: "100", memory: "400Gi", pods: "100", "ephemeral-storage": "2000Gi" } as const;

/** The node that a cluster on Fargate stands for: as large as its options say, since Fargate itself has no end. */
export function describeFargateNode(options: FargateOptions): NodeDescription {
  return {
    capacity: { ...defaultCapacity, ...options.capacity },
    labels: { "topology.kubernetes.io/region": options.region, ...options.nodeLabels },
    operatingSystem: "linux",
    architecture: options.architecture ?? "amd64",
    runtimeVersion: `fargate://${options.platformVersion ?? "LATEST"}`,
  };
}
