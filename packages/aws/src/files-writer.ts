import type { ResolvedFile, ResolvedPod } from "@vkubelet/core";
import { type FieldAccount, FieldNotes } from "@vkubelet/pod";
import type { MappedContainer } from "./container-mapping.ts";
import { type SecretsPolicy, secretInPlainText } from "./plain-text.ts";
import type { NameValue } from "./run-names.ts";
import { containerSecurity } from "./security.ts";
import { locateContainers } from "./spec-paths.ts";

/** Name of the helper that writes files; `_` cannot occur in a pod's own container names. */
export const writerContainerName = "vkubelet_writer";

/** Image of the writer unless an option names another: it needs `sh`, `mkdir`, `base64` and `chmod`, and no ENTRYPOINT. */
export const defaultWriterImage = "public.ecr.aws/docker/library/busybox:stable-musl";

/**
 * The container that prepares volumes before anything else starts; undefined when there is nothing to do. It writes
 * ConfigMap, Secret, downward API and token files, since ECS and Batch mount no files: the contents travel as base64 in
 * its environment and count towards the size of the definition. And it opens emptyDir volumes, which belong to root
 * there, to everybody where a container runs as another user.
 */
export function filesWriter(
  pod: ResolvedPod,
  image: string,
  secrets: SecretsPolicy,
  account: FieldAccount,
): Omit<MappedContainer, "essential" | "dependsOn"> | undefined {
  const opened = volumesToOpen(pod);
  const written = pod.volumes.filter((volume) => volume.type === "files");
  if (written.length + opened.length === 0) return undefined;
  const environment: NameValue[] = [];
  const script = ["set -e", "umask 022"];
  for (const name of opened) script.push(`chmod 777 ${shellQuote(writerRoot(name))}`);
  for (const volume of written) {
    if (secrets === "reject" && volume.files.some((file) => file.secret)) {
      account.reject(volumePath(pod, volume.name), secretInPlainText("file"));
      continue;
    }
    for (const file of volume.files) {
      const variable = `F${environment.length}`;
      environment.push({ name: variable, value: base64(file.content) });
      script.push(...writeFile(`${writerRoot(volume.name)}/${file.path}`, variable, file));
    }
  }
  return {
    name: writerContainerName,
    role: "writer",
    image,
    command: ["sh", "-c", script.join("\n")],
    environment,
    security: { user: "0", addCapabilities: [], dropCapabilities: [] },
    mounts: [...opened, ...written.map(({ name }) => name)].map((name) => ({
      sourceVolume: name,
      containerPath: writerRoot(name),
      readOnly: false,
    })),
  };
}

/** The emptyDir volumes that a container which may not be root writes to. */
function volumesToOpen(pod: ResolvedPod): readonly string[] {
  const byGroup = pod.pod.spec?.securityContext?.["fsGroup"] !== undefined;
  const names = locateContainers(pod).flatMap((located) => {
    const { user } = containerSecurity(pod, located, new FieldNotes());
    const root = user === undefined ? !byGroup : /^0(:|$)/.test(user);
    return root
      ? []
      : located.container.mounts.filter(({ readOnly }) => !readOnly).map(({ volume }) => volume);
  });
  return pod.volumes.flatMap(({ name, type }) => (type === "emptyDir" && names.includes(name) ? [name] : []));
}

function writerRoot(volume: string): string {
  return `/vkubelet/${volume}`;
}

function writeFile(path: string, variable: string, file: ResolvedFile): readonly string[] {
  const target = shellQuote(path);
  const folder = shellQuote(path.slice(0, path.lastIndexOf("/")));
  return [
    `mkdir -p ${folder}`,
    `printf %s "$${variable}" | base64 -d > ${target}`,
    `chmod ${file.mode.toString(8)} ${target}`,
  ];
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function base64(content: Uint8Array): string {
  let binary = "";
  for (const byte of content) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Path of a volume by its name. */
export function volumePath(pod: ResolvedPod, name: string): string {
  const index = pod.pod.spec?.volumes?.findIndex((volume) => volume.name === name) ?? -1;
  return index < 0 ? `spec.volumes[${name}]` : `spec.volumes[${index}]`;
}
