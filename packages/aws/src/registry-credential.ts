import type { ResolvedPod } from "@vkubelet/core";
import { credentialsForImage, type FieldAccount, imageReferenceOf } from "@vkubelet/pod";
import type { MappedContainer } from "./container-mapping.ts";

const ecrHost = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/;

/**
 * ARN of the Secrets Manager secret for an image, by the longest registry in `known` that covers it; undefined when
 * none is needed. An issue when the pod brings credentials that AWS could not use.
 */
export function registryCredential(
  pod: ResolvedPod,
  { image, located }: MappedContainer,
  known: Readonly<Record<string, string>> | undefined,
  account: FieldAccount,
): string | undefined {
  const covers = (registry: string) => image === registry || image.startsWith(`${registry}/`);
  const [best] = Object.entries(known ?? {})
    .filter(([registry]) => covers(registry))
    .sort(([a], [b]) => b.length - a.length);
  if (best) return best[1];
  // What is no image is an issue of the container.
  if (!located || imageReferenceOf(image) === undefined) return undefined;
  const brought = credentialsForImage(image, pod.pullCredentials);
  const needed = brought.find(({ registry }) => !ecrHost.test(registry));
  if (needed) {
    account.reject(
      "spec.imagePullSecrets",
      `ECS takes registry credentials from Secrets Manager only: name the secret for ${needed.registry} in the option registryCredentials`,
    );
  }
  return undefined;
}
