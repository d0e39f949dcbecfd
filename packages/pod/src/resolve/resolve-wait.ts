/** Why a pod cannot be resolved yet: something it refers to is not there (pod-semantics N3, C2),
 * or its image has no name that could be pulled, which the pod may still change (A6, U2). */
export interface ResolveWait {
  /** The container that waits; absent when the wait concerns the whole pod. */
  readonly container?: string;
  readonly volume?: string;
  readonly reason: "CreateContainerConfigError" | "FailedMount" | "InvalidImageName";
  /** Names what is missing. Never a secret. */
  readonly message: string;
  /** The object to watch for. */
  readonly object?: { readonly kind: "ConfigMap" | "Secret"; readonly name: string };
}
