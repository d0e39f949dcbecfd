import type { ResolvedFile, ResolvedPod, Volume } from "@vkubelet/core";
import { effectiveSecurity, type FieldAccount } from "@vkubelet/pod";
import type { MappedContainer } from "./container-mapping.ts";
import { fileOwner } from "./file-owners.ts";
import type { FilledVolume, PlacedFile } from "./file-volumes.ts";
import { type SecretsOptions, secretInPlainText, secretVariable } from "./plain-text.ts";
import type { NameValue } from "./run-names.ts";
import { type SecretVariable, secretOfFile } from "./secret-references.ts";
import { locateContainers } from "./spec-paths.ts";
import { type MappedVolume, type VolumePlan, volumePath } from "./volume-mapping.ts";

/** Name of the helper that writes files; `_` cannot occur in a pod's own container names. */
export const writerContainerName = "vkubelet_writer";

/**
 * Image of the writer unless an option names another: it needs `sh`, `mkdir`, `base64`, `chmod` and `chown`, and no
 * ENTRYPOINT.
 */
export const defaultWriterImage = "public.ecr.aws/docker/library/busybox:stable-musl";

/**
 * The container that prepares volumes before anything else starts; undefined when there is nothing to do. It writes
 * ConfigMap, Secret, downward API and token files, since ECS and Batch mount no files: the contents travel as base64 in
 * its environment and count towards the size of the definition, or AWS fills them in where a Secret has a place of its
 * own there. And it opens emptyDir volumes, which belong to root there, to everybody where a container runs as another
 * user, or gives them the mode that the pod asks for.
 */
export function filesWriter(
  pod: ResolvedPod,
  plan: VolumePlan,
  image: string,
  secrets: SecretsOptions,
  account: FieldAccount,
): Omit<MappedContainer, "essential" | "dependsOn"> | undefined {
  const opened = volumesToOpen(pod, plan);
  const filled = plan.filled.filter(({ files, mountPoints }) => files.length + mountPoints.length > 0);
  if (filled.length + opened.length === 0) return undefined;
  const script = ["set -e", "umask 022"];
  for (const { name, mode = 0o777 } of opened) {
    script.push(`chmod ${mode.toString(8)} ${shellQuote(writerRoot(name))}`);
  }
  const contents = new FileContents(pod, secrets, account);
  for (const volume of filled) script.push(...contents.linesFor(volume));
  const { environment, fromSecrets } = contents;
  return {
    name: writerContainerName,
    role: "writer",
    image,
    command: ["sh", "-c", script.join("\n")],
    environment,
    secrets: fromSecrets,
    security: { user: "0", addCapabilities: [], dropCapabilities: [] },
    tmpfs: [],
    mounts: [...opened, ...filled].map(({ name }) => ({
      sourceVolume: name,
      containerPath: writerRoot(name),
      readOnly: false,
    })),
  };
}

/** The variables that carry the contents of files, and the lines of script that write them. */
class FileContents {
  readonly environment: NameValue[] = [];
  readonly fromSecrets: SecretVariable[] = [];
  /** A file that is written to several places travels once. */
  readonly #commands = new Map<ResolvedFile, string | undefined>();
  readonly #pod: ResolvedPod;
  readonly #secrets: SecretsOptions;
  readonly #account: FieldAccount;

  constructor(pod: ResolvedPod, secrets: SecretsOptions, account: FieldAccount) {
    this.#pod = pod;
    this.#secrets = secrets;
    this.#account = account;
  }

  linesFor({ name, files, mountPoints }: FilledVolume): readonly string[] {
    const root = writerRoot(name);
    return [
      ...mountPoints.map((path) => `mkdir -p ${shellQuote(`${root}/${path}`)}`),
      ...files.flatMap((placed) => this.#linesForFile(placed, shellQuote(`${root}/${placed.path}`))),
    ];
  }

  #linesForFile({ file, source }: PlacedFile, target: string): readonly string[] {
    const written = this.#pod.pod.spec?.volumes?.find(({ name }) => name === source);
    if (!this.#commands.has(file)) {
      this.#commands.set(file, this.#contentOf(file, written, volumePath(this.#pod, source)));
    }
    const content = this.#commands.get(file);
    if (content === undefined) return [];
    const owner = fileOwner(written, file.path);
    return [
      ...writeFile(target, content, file),
      ...(owner === undefined ? [] : [`chown ${owner} ${target}`]),
    ];
  }

  /** A command that prints the content. */
  #contentOf(file: ResolvedFile, written: Volume | undefined, path: string): string | undefined {
    const variable = `F${this.environment.length + this.fromSecrets.length}`;
    if (file.secret) {
      const key = secretOfFile(written, file.path);
      const secret = secretVariable(this.#pod, variable, key, path, this.#secrets, this.#account);
      if (secret) {
        this.fromSecrets.push(secret);
        return `printf %s "$${variable}"`;
      }
      if (this.#secrets.policy === "reject") {
        this.#account.reject(path, secretInPlainText("file"));
        return undefined;
      }
    }
    this.environment.push({ name: variable, value: base64(file.content) });
    return `printf %s "$${variable}" | base64 -d`;
  }
}

/** The emptyDir volumes that ask for a mode, or that a container which may not be root writes to. */
function volumesToOpen(pod: ResolvedPod, plan: VolumePlan): readonly { name: string; mode?: number }[] {
  const byGroup = pod.pod.spec?.securityContext?.["fsGroup"] !== undefined;
  const names = locateContainers(pod).flatMap((located) => {
    const user = effectiveSecurity(pod.pod, located.written, located.path).runAsUser?.value;
    const root = user === undefined ? !byGroup : user === 0;
    const writable = plan.mountsOf(located).filter(({ readOnly }) => !readOnly);
    return root ? [] : writable.map(({ sourceVolume }) => sourceVolume);
  });
  const isOpened = (volume: MappedVolume): volume is Extract<MappedVolume, { readonly type: "task" }> =>
    volume.type === "task" && (volume.mode !== undefined || names.includes(volume.name));
  return plan.volumes.filter(isOpened);
}

function writerRoot(volume: string): string {
  return `/vkubelet/${volume}`;
}

/** `target` is quoted already, and so is its folder: up to its last `/`, and the quote. */
function writeFile(target: string, content: string, file: ResolvedFile): readonly string[] {
  const folder = `${target.slice(0, target.lastIndexOf("/"))}'`;
  return [`mkdir -p ${folder}`, `${content} > ${target}`, `chmod ${file.mode.toString(8)} ${target}`];
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function base64(content: Uint8Array): string {
  let binary = "";
  for (const byte of content) binary += String.fromCharCode(byte);
  return btoa(binary);
}
