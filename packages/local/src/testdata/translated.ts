import type { Pod, PodSpec, ResolvedPod } from "@vkubelet/core";
import { resolvePod } from "@vkubelet/pod";
import type { LocalHost } from "../translate/process-plan.ts";

/** A machine with mount namespaces on which the kubelet is an ordinary user. */
export const host: LocalHost = {
  operatingSystem: "linux",
  architecture: "amd64",
  uid: 1000,
  gid: 1000,
  address: "192.0.2.7",
  mounts: "namespace",
  hostname: "machine",
  users: "own",
  limits: "none",
};

/** A pod resolved as a kubelet would. */
export function resolveSpec(spec: PodSpec): ResolvedPod {
  const pod: Pod = { metadata: { name: "p", namespace: "ns", uid: "u" }, spec };
  const outcome = resolvePod(pod, {
    attempt: 0,
    configMap: () => undefined,
    secret: () => ({ data: { key: "czNjcmV0" } }),
    services: [],
    nodeAllocatable: { cpu: "2", memory: "4Gi" },
    token: () => ({ token: "t", expiresAt: "2030-01-01T00:00:00Z" }),
  } as never);
  if (outcome.type !== "resolved") throw new Error(JSON.stringify(outcome));
  return outcome.pod;
}
