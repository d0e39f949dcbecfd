import { createHash } from "node:crypto";
import type { Container, Pod, PodSpec, ResolvedContainer, ResolvedPod, Volume } from "@vkubelet/core";
import { volumeUpdates } from "@vkubelet/pod";

const noResources = { requests: {}, limits: {} };
const noNetwork = { kernelHostname: "", hostAliases: [] };

/** What was last given to the backend for a pod, as far as it can change while the pod runs. */
export interface GivenPod {
  /** As {@link imagesOf} says them. */
  readonly images: string;
  /** Comparable by `volumeUpdates`, with hashes for contents; undefined for a pod without files. */
  readonly files: ResolvedPod | undefined;
}

/** What is remembered of a pod that the backend was given: a small part of it. */
export function givenOf(pod: ResolvedPod): GivenPod {
  const hasFiles = pod.volumes.some(({ type }) => type === "files");
  return { images: imagesOf(pod.pod), files: hasFiles ? filesOf(pod) : undefined };
}

/** What containers see of the change from one to the other, in words; nothing of volumes that they see by sub-path alone. */
export function changesBetween(before: GivenPod, after: GivenPod, { spec }: Pod): readonly string[] {
  const volumes =
    before.files === undefined || after.files === undefined ? [] : volumeUpdates(before.files, after.files);
  const [old, now]: string[][] = [JSON.parse(before.images), JSON.parse(after.images)];
  return [
    ...volumes
      .filter(({ mounts }) => mounts.length > 0)
      .map(({ volume }) => `the files of volume "${volume}"`),
    ...containersOf(spec).flatMap(({ name }, index) =>
      old?.[index] === now?.[index] ? [] : [`image "${now?.[index]}" of container "${name}"`],
    ),
  ];
}

function filesOf(pod: ResolvedPod): ResolvedPod {
  return {
    ref: pod.ref,
    attempt: pod.attempt,
    pod: {},
    initContainers: pod.initContainers.map(givenContainer),
    containers: pod.containers.map(givenContainer),
    volumes: pod.volumes.flatMap((volume) =>
      volume.type === "files"
        ? [{ ...volume, files: volume.files.map((file) => ({ ...file, content: hashOf(file.content) })) }]
        : [],
    ),
    pullCredentials: [],
    restartPolicy: pod.restartPolicy,
    terminationGracePeriodSeconds: pod.terminationGracePeriodSeconds,
    hostname: pod.hostname,
    network: noNetwork,
  };
}

/** The containers of a pod as they were made: what is fixed when a container starts. */
export type MadeContainers = Pick<ResolvedPod, "initContainers" | "containers">;

/**
 * The pod with environment, command and mounts as its containers were made with, whatever these would be today
 * (pod-semantics N6). A container with another image is made anew, and gets what is true now.
 */
export function withMadeContainers(made: MadeContainers | undefined, pod: ResolvedPod): ResolvedPod {
  if (made === undefined) return pod;
  const old = new Map([...made.initContainers, ...made.containers].map((known) => [known.name, known]));
  const keep = (container: ResolvedContainer): ResolvedContainer => {
    const known = old.get(container.name);
    if (known === undefined || known.image !== container.image) return container;
    return { ...known, resources: container.resources };
  };
  return {
    ...pod,
    initContainers: pod.initContainers.map(keep),
    containers: pod.containers.map(keep),
  };
}

/** Whether files of the pod can change while it runs. */
export function hasLiveFiles({ spec }: Pod): boolean {
  return (spec?.volumes ?? []).some(
    ({ configMap, secret, downwardAPI, projected }) =>
      (configMap ?? secret ?? downwardAPI ?? projected) !== undefined,
  );
}

/** The labels and annotations that the pod's files show (pod-semantics D7), as text to compare; empty when none do. */
export function shownMetadata(pod: Pod): string {
  if (!(pod.spec?.volumes ?? []).some(showsMetadata)) return "";
  return JSON.stringify([pod.metadata?.labels, pod.metadata?.annotations]);
}

/** The images of the pod's containers in their order, as JSON to compare. */
export function imagesOf({ spec }: Pod): string {
  return JSON.stringify(containersOf(spec).map(({ image }) => image));
}

function containersOf(spec: PodSpec | undefined): readonly Container[] {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
}

function showsMetadata({ downwardAPI, projected }: Volume): boolean {
  const items = [
    ...(downwardAPI?.items ?? []),
    ...(projected?.sources ?? []).flatMap((source) => source.downwardAPI?.items ?? []),
  ];
  return items.some(({ fieldRef }) => /^metadata\.(labels|annotations)/.test(fieldRef?.fieldPath ?? ""));
}

function givenContainer(container: ResolvedContainer): ResolvedContainer {
  const { name, kind, image, imagePullPolicy, restartPolicy, mounts } = container;
  return { name, kind, image, imagePullPolicy, restartPolicy, mounts, env: [], resources: noResources };
}

function hashOf(content: Uint8Array): Uint8Array {
  return createHash("sha256").update(content).digest();
}
