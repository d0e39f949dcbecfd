import type { Volume } from "@vkubelet/core";

interface Owned {
  readonly path?: string;
  readonly user?: unknown;
}

interface Source {
  readonly items?: readonly Owned[];
  readonly defaultUser?: unknown;
}

/**
 * The number of the user to whom a file of a volume belongs, where the pod names one (`user` of its entry, else
 * `defaultUser` of the volume, which Kubernetes 1.37 adds).
 */
export function fileOwner(volume: Volume | undefined, path: string): number | undefined {
  const whole = volume?.configMap ?? volume?.secret ?? volume?.downwardAPI ?? volume?.projected;
  const source = whole as
    | (Source & { readonly sources?: readonly Record<string, Source & Owned>[] })
    | undefined;
  const parts = (source?.sources ?? []).flatMap((entry) => Object.values(entry));
  const entries = [...(source?.items ?? []), ...parts, ...parts.flatMap(({ items }) => items ?? [])];
  const own = entries.findLast((entry) => entry.path === path)?.user;
  const user = own ?? source?.defaultUser;
  return typeof user === "number" ? user : undefined;
}
