import type { Container, ResolvedContainer } from "@vkubelet/core";
import { imageReferenceOf } from "./image-reference.ts";

/**
 * The container's own pull policy, else the API's default (U5): Always for the tag `latest` or where neither tag nor
 * digest is written, else IfNotPresent, for a name that is no image too.
 */
export function imagePullPolicyOf(container: Container): ResolvedContainer["imagePullPolicy"] {
  if (container.imagePullPolicy) return container.imagePullPolicy;
  return imageReferenceOf(container.image ?? "")?.tag === "latest" ? "Always" : "IfNotPresent";
}
