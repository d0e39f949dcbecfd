import type { Pod, RestartPolicy } from "./kubernetes-types.ts";
import type { PodRef } from "./pod-ref.ts";
import type { ResolvedValue } from "./resolved-value.ts";

/**
 * A pod with everything filled in that only a cluster knows: environment, files, pull credentials. Deeply frozen by
 * convention: a provider never changes it. Retrying with a later resolution of the same attempt is legal, and the
 * provider keeps what it created first.
 */
export interface ResolvedPod {
  readonly ref: PodRef;
  /**
   * Which run of the pod this is, from 0. Only hosts of providers with `restarts: "runtime"` ever pass more than 0:
   * `createPod` with the next attempt means "run the whole pod anew"; (UID, attempt) identifies a run.
   */
  readonly attempt: number;
  /** The pod as the API server holds it, unknown fields included. For the field audit; the rest is resolved below. */
  readonly pod: Pod;
  /** Ordinary init containers and native sidecars in spec order. */
  readonly initContainers: readonly ResolvedContainer[];
  readonly containers: readonly ResolvedContainer[];
  readonly volumes: readonly ResolvedVolume[];
  readonly pullCredentials: readonly PullCredential[];
  readonly restartPolicy: RestartPolicy;
  /** At least 0; how long a container may take to stop after its stop signal. */
  readonly terminationGracePeriodSeconds: number;
  /** The hostname by the kubelet's rules (pod-semantics H1). */
  readonly hostname: string;
  readonly network: ResolvedNetwork;
}

/** What names the pod and what it resolves names with (pod-semantics H1 to H5). */
export interface ResolvedNetwork {
  /**
   * What `hostname` prints in the pod and the variable HOSTNAME holds: the full name where the pod wants it
   * (`setHostnameAsFQDN`), else the same as {@link ResolvedPod.hostname}. At most 64 characters.
   */
  readonly kernelHostname: string;
  /**
   * What follows the hostname in the pod's full name: `<subdomain>.<namespace>.svc.<cluster domain>`. Absent without a
   * subdomain, on the host's network, and where the host knows no cluster domain.
   */
  readonly domain?: string;
  /** Further lines of the hosts file, in order. */
  readonly hostAliases: readonly { readonly ip: string; readonly hostnames: readonly string[] }[];
  /** Absent where the host says nothing of DNS: the backend's own name resolution is to be used. */
  readonly dns?: ResolvedDns;
}

/** The content of a resolv.conf. */
export interface ResolvedDns {
  /** Addresses of name servers, at most three for a pod. */
  readonly servers: readonly string[];
  /** Search domains, at most 32 and 2048 characters for a pod. */
  readonly searches: readonly string[];
  /** `name` or `name:value`, one for each name. */
  readonly options: readonly string[];
}

export type ContainerKind = "init" | "sidecar" | "main";

export interface ResolvedContainer {
  readonly name: string;
  readonly kind: ContainerKind;
  /** Empty only where the backend runs no images. */
  readonly image: string;
  readonly imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  /** Replaces the image's ENTRYPOINT when present; never empty. */
  readonly command?: readonly ResolvedValue[];
  /** Replaces the image's CMD when present. */
  readonly args?: readonly ResolvedValue[];
  readonly workingDir?: string;
  /** In the order in which the kubelet would define them; names are unique. */
  readonly env: readonly ResolvedEnvVar[];
  readonly resources: ResolvedResources;
  readonly mounts: readonly ResolvedMount[];
  /** By container policy, else by pod policy; `Always` for a sidecar; an ordinary init container is never `Always`. */
  readonly restartPolicy: RestartPolicy;
}

/** Where a variable's value came from. */
export type EnvSource = "literal" | "configMap" | "secret" | "field" | "resource" | "service" | "runtime";

export interface ResolvedEnvVar {
  readonly name: string;
  readonly value: ResolvedValue;
  readonly source: EnvSource;
}

/** Canonical quantities after API defaulting (a missing request equals the limit). */
export interface ResolvedResources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

export interface ResolvedMount {
  readonly volume: string;
  /** Absolute. */
  readonly mountPath: string;
  /** By the mount, or because the volume can only be read. */
  readonly readOnly: boolean;
  /** After `subPathExpr` expansion. */
  readonly subPath?: string;
  /** Absent: `None`. */
  readonly mountPropagation?: "HostToContainer" | "Bidirectional";
  /** Absent: `Disabled`. `Enabled` must be kept or refused, `IfPossible` is the backend's choice (pod-semantics M6). */
  readonly recursiveReadOnly?: "Enabled" | "IfPossible";
}

export type ResolvedVolume =
  | {
      readonly name: string;
      readonly type: "emptyDir";
      readonly medium: "" | "Memory";
      readonly sizeLimitBytes?: bigint;
    }
  | { readonly name: string; readonly type: "files"; readonly files: readonly ResolvedFile[] }
  /** Anything else, as it stands in the pod; a backend that knows the kind maps it, others reject it by path. */
  | {
      readonly name: string;
      readonly type: "reference";
      readonly kind: string;
      readonly source: Readonly<Record<string, unknown>>;
      /** The PersistentVolumeClaim in the pod's namespace behind a `persistentVolumeClaim` or `ephemeral` volume. */
      readonly claimName?: string;
    };

export interface ResolvedFile {
  /** Relative, `/`-separated, without `..`. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Permission bits, for example 0o644. */
  readonly mode: number;
  readonly secret: boolean;
  /** When the content ends to be valid (tokens): RFC 3339. */
  readonly expiresAt?: string;
}

export interface PullCredential {
  /**
   * Registry host, in whose parts `*` stands for any text, optionally with a port and a path prefix; without scheme and
   * without the `/v1/` and `/v2/` of the registry's API. Docker Hub is `index.docker.io` in most docker configs.
   */
  readonly registry: string;
  readonly username: string;
  /** Always secret. */
  readonly password: string;
}
