import { createHash } from "node:crypto";
import type { Pod, ResolvedContainer, ResolvedPod, Volume } from "@vkubelet/core";

const noResources = { requests: {}, limits: {} };
const noNetwork = { kernelHostname: "", hostAliases: [] };

/**
 * What was last given to the backend for a pod, as far as it can change while the pod runs: its files with hashes for
 * contents, its mounts, and its containers' images. Comparable by `volumeUpdates`, at a small part of the size.
 */
export function givenOf(pod: ResolvedPod): ResolvedPod {
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

/** The images of the pod's containers, as text to compare. */
export function imagesOf({ spec }: Pod): string {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return JSON.stringify(containers.map(({ image }) => image));
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
