/**
 * Identity of a pod. The UID decides: a pod recreated under the same name is another pod.
 * Namespace and name are there for people and for backends that show them.
 */
export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** One container (main, init or ephemeral; names are unique in a pod) of one pod. */
export interface ContainerRef extends PodRef {
  readonly container: string;
}

/** `namespace/name(uid)`: how messages and logs name a pod. */
export function formatPodRef(ref: PodRef): string {
  return `${ref.namespace}/${ref.name}(${ref.uid})`;
}
