import { type ClusterAccess, type LoadClusterAccessOptions, loadClusterAccess } from "@vkubelet/kubelet";
import { UsageError } from "../cli-error.ts";

/** The kubeconfig at `path`, or what kubectl finds. Throws a {@link UsageError} of one line. */
export async function loadKubeConfig(
  path: string | undefined,
  environment: NonNullable<LoadClusterAccessOptions["environment"]>,
): Promise<ClusterAccess> {
  try {
    return await loadClusterAccess({ path, environment });
  } catch (error) {
    const [why] = (error as Error).message.split("\n");
    throw new UsageError(`kubeconfig: ${path ?? "default"}: ${why}`, { cause: error });
  }
}
