import { findKubernetesCommands, findOnPath, peerOrSkip } from "@vkubelet-tools/peers";

/**
 * The kubectls that the in-memory cluster is driven with, by description: the one on PATH, and the newest one that is
 * built with the control plane. When there is none, the suite is skipped and the reason is recorded.
 */
export async function findKubectls(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const onPath = await findOnPath("kubectl");
  if (onPath !== undefined) found.set("kubectl on PATH", onPath);
  if (await peerOrSkip("kubernetes")) {
    const built = (await findKubernetesCommands())?.kubectl;
    if (built !== undefined && built !== onPath) found.set("kubectl of the control plane", built);
  }
  return found;
}
