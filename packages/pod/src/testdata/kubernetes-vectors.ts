import { readFileSync } from "node:fs";

/** What Kubernetes' own code made of its inputs; `kubernetes-vectors.go` writes them. */
export interface KubernetesVectors {
  readonly images: readonly {
    readonly image: string;
    readonly name?: string;
    readonly domain?: string;
    readonly path?: string;
    readonly tag?: string;
    readonly digest?: string;
    readonly error?: string;
    readonly policy: string;
  }[];
  readonly pulls: readonly {
    readonly secrets: readonly { readonly type: string; readonly content: string }[];
    readonly image: string;
    /** `username:password` of every match; null where Kubernetes refuses the Secrets. */
    readonly found: readonly string[] | null;
  }[];
  readonly dns: readonly DnsVector[];
  readonly fqdn: readonly {
    readonly hostname: string;
    readonly domain: string;
    readonly asFQDN: boolean | null;
    readonly kernel?: string;
    readonly error?: string;
  }[];
  readonly security: readonly {
    readonly pod?: Readonly<Record<string, unknown>>;
    readonly container?: Readonly<Record<string, unknown>>;
    readonly effective: Readonly<Record<string, unknown>>;
    readonly noNewPrivileges: boolean;
  }[];
}

export interface DnsVector {
  readonly policy: string;
  readonly hostNetwork: boolean;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly clusterDNS: readonly string[];
  readonly clusterDomain: string;
  readonly nodeIPs: readonly string[];
  readonly resolvConf: string | null;
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
  /** `Warning <reason> <message>`, those for the node among them. */
  readonly events: readonly string[];
  readonly error?: string;
}

const file = new URL("kubernetes-vectors.json", import.meta.url);

export const kubernetesVectors: KubernetesVectors = JSON.parse(readFileSync(file, "utf8"));
