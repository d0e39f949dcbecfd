import type { Container, ResolvedContainer } from "@vkubelet/core";

/** The container's own pull policy, else the API's default (U5): Always for the tag `latest` or none, else IfNotPresent. */
export function imagePullPolicyOf(container: Container): ResolvedContainer["imagePullPolicy"] {
  if (container.imagePullPolicy) return container.imagePullPolicy;
  const [name = "", digest] = (container.image ?? "").split("@", 2);
  if (name === "") return "IfNotPresent";
  const tag = /:([^:/]*)$/.exec(name)?.[1];
  const effective = tag ?? (digest === undefined ? "latest" : undefined);
  return effective === "latest" ? "Always" : "IfNotPresent";
}
