import type { PullCredential } from "@vkubelet/core";
import { parseImageReference } from "./image-reference.ts";
import { registryMatches } from "./registry-match.ts";

const dockerHub = "index.docker.io";

/**
 * The credentials to try for one image, the most specific first (U3): by the registries in descending order of
 * characters, those of one registry in the order of the Secrets, as the kubelet's keyring gives them. Where nothing
 * else matches, an image of Docker Hub gets those of `index.docker.io`. Empty: pull without.
 * Throws `InvalidInput` with reason `InvalidImageName` for what is no image.
 */
export function credentialsForImage(
  image: string,
  credentials: readonly PullCredential[],
): readonly PullCredential[] {
  const { name } = parseImageReference(image);
  const registries = [...new Set(credentials.map(({ registry }) => registry))].sort().reverse();
  const matching = registries.filter((registry) => registryMatches(registry, name));
  if (matching.length === 0 && isOfDockerHub(name)) matching.push(dockerHub);
  return matching.flatMap((wanted) => credentials.filter(({ registry }) => registry === wanted));
}

function isOfDockerHub(name: string): boolean {
  const [host = ""] = name.split("/", 1);
  return host === "docker.io" || host === dockerHub || !/[.:]/.test(host);
}
