import type { ResolvedContainer, ResolvedPod } from "@vkubelet/core";
import { effectiveSecurity, type FieldAccount } from "@vkubelet/pod";
import { type LocalImage, localImage } from "./local-image.ts";
import type { LocalHost, PlannedRoot } from "./process-plan.ts";

/** What stands in for a container's image. */
export interface PlannedImage {
  readonly image: LocalImage;
  readonly root?: PlannedRoot;
}

/** What stands in for the image; a root that this machine cannot give, and a user that it cannot take on, are rejected. */
export function planImage(
  pod: ResolvedPod,
  container: ResolvedContainer,
  path: string,
  host: LocalHost,
  account: FieldAccount,
): PlannedImage {
  const image = localImage(container.image, host.images ?? {});
  if (image === undefined) return { image: {} };
  const { root, user } = image;
  if (user !== undefined && host.users === "own" && user !== String(host.uid)) {
    account.reject(
      `${path}.image`,
      `is to run as user ${user}, and processes run as user ${host.uid}, as the kubelet does: run the kubelet as root on Linux, with setpriv of util-linux installed`,
    );
  }
  if (root === undefined) return { image };
  const refusal = rootRefusal(host);
  if (refusal !== undefined) account.reject(`${path}.image`, `cannot have ${root} as its root: ${refusal}`);
  return { image, root: { path: root, ...securityOf(pod, container, path) } };
}

/** Why no container can have a root of its own, with the way out. */
function rootRefusal({ mounts, rootRefusal: why }: LocalHost): string | undefined {
  if (mounts === "namespace") return why;
  return "that needs mount namespaces; run the kubelet as root on Linux (mounts: namespace), or leave root out of the option images";
}

function securityOf({ pod }: ResolvedPod, { name }: ResolvedContainer, path: string) {
  const { spec } = pod;
  const source = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].find(
    (one) => one.name === name,
  );
  const security = source === undefined ? undefined : effectiveSecurity(pod, source, path);
  return {
    readOnly: security?.readOnlyRootFilesystem?.value ?? false,
    privileged: security?.privileged?.value ?? false,
  };
}
