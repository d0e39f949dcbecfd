import { findKubernetesCommands, findOnPath, peerOrSkip } from "@vkubelet-tools/peers";

/**
 * The kubectls that the in-memory cluster is driven with, by description: the one on PATH, and the newest and the
 * oldest supported one that are built with the control planes. What is not there is skipped, and the reason recorded.
 */
export async function findKubectls(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const onPath = await findOnPath("kubectl");
  if (onPath !== undefined) found.set("kubectl on PATH", onPath);
  for (const [peer, release] of [
    ["kubernetes", "newest"],
    ["kubernetes-oldest", "oldest"],
  ] as const) {
    if (!(await peerOrSkip(peer))) continue;
    const built = (await findKubernetesCommands(release))?.kubectl;
    if (built !== undefined && built !== onPath) found.set(`kubectl of the ${release} control plane`, built);
  }
  return found;
}
