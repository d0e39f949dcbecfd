import type { Container, Pod } from "@vkubelet/core";
import { podDescription } from "../admission/pod-description.ts";
import { effectiveSecurity } from "./effective-security.ts";

/** Whether a container that must not run as root does not. */
export type NonRootVerdict =
  | { readonly type: "allowed" }
  /** The container does not start and waits with reason `CreateContainerConfigError` and this message, the kubelet's. */
  | { readonly type: "refused"; readonly message: string }
  /** Only the image tells, and its user was not given. */
  | { readonly type: "unknown" };

const maximumUserId = 2_147_483_647n;
const maximumNumber = 9_223_372_036_854_775_807n;

/**
 * Judges `runAsNonRoot` (U6, `verifyRunAsNonRoot`): a runAsUser decides alone; else the user of the image does, which
 * must then be a number other than 0. `imageUser` is the image's USER, such as `1000:1000` or `nginx`, empty where it
 * names none, which is root; undefined where the caller cannot tell.
 */
export function runAsNonRootVerdict(pod: Pod, container: Container, imageUser?: string): NonRootVerdict {
  const { runAsNonRoot, runAsUser } = effectiveSecurity(pod, container, container.name);
  if (!runAsNonRoot?.value) return { type: "allowed" };
  const subject = `(pod: ${JSON.stringify(podDescription(pod))}, container: ${container.name})`;
  const refused = (fault: string): NonRootVerdict => ({ type: "refused", message: `${fault} ${subject}` });
  if (runAsUser) {
    return runAsUser.value === 0
      ? refused("container's runAsUser breaks non-root policy")
      : { type: "allowed" };
  }
  if (imageUser === undefined) return { type: "unknown" };
  const [user = ""] = imageUser.split(":", 1);
  const id = user === "" ? 0n : userId(user);
  const demand = "container has runAsNonRoot and image";
  if (id === undefined)
    return refused(`${demand} has non-numeric user (${user}), cannot verify user is non-root`);
  if (id === 0n) return refused(`${demand} will run as root`);
  if (id > 0n && id <= maximumUserId) return { type: "allowed" };
  const range = `must be between 0 and ${maximumUserId}, inclusive`;
  return refused(`${demand} has an invalid user id (${id}). (Must be 1-(${maximumUserId})): ${range}`);
}

/** A number as a runtime reads it; what does not fit 64 bits is a name. */
function userId(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const id = BigInt(text.replace(/^[+-]/, "")) * (text.startsWith("-") ? -1n : 1n);
  return id <= maximumNumber && id >= -maximumNumber - 1n ? id : undefined;
}
