import type { Pod } from "@vkubelet/core";

/** The fields of a pod's spec that name it and say how it resolves names. */
export interface NetworkSpec {
  readonly hostname?: string;
  readonly hostnameOverride?: string | null;
  readonly subdomain?: string;
  readonly setHostnameAsFQDN?: boolean | null;
  readonly hostNetwork?: boolean;
  readonly nodeName?: string;
  readonly hostAliases?:
    | readonly { readonly ip: string; readonly hostnames?: readonly string[] | null }[]
    | null;
  readonly dnsPolicy?: string;
  readonly dnsConfig?: {
    readonly nameservers?: readonly string[] | null;
    readonly searches?: readonly string[] | null;
    readonly options?: readonly { readonly name?: string | null; readonly value?: string | null }[] | null;
  } | null;
}

/** These fields as the API server gives them. */
export function networkSpecOf(pod: Pod): NetworkSpec {
  return { ...pod.spec };
}
