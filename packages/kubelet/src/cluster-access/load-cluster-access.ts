import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import type { ClusterAccess } from "./cluster-access.ts";
import { kubeconfigAccess } from "./kubeconfig-access.ts";
import { serviceAccountAccess } from "./service-account-access.ts";

/** Options of {@link loadClusterAccess}. */
export interface LoadClusterAccessOptions {
  /** A kubeconfig; default: what kubectl finds (KUBECONFIG, ~/.kube/config), and within a pod its service account. */
  readonly path?: string | undefined;
  /** Default: that of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Where a pod finds its service account (client-go rest.InClusterConfig). */
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Finds the API server as kubectl does. Certificates, tokens and passwords are read here, files again whenever a
 * request needs them; for all else (programs that give credentials, OIDC, several kubeconfigs at once)
 * @kubernetes/client-node is loaded, which takes about 60 MiB. Rejects where a kubeconfig cannot be read.
 */
export async function loadClusterAccess(options: LoadClusterAccessOptions = {}): Promise<ClusterAccess> {
  const { path, environment = process.env } = options;
  const files = path === undefined ? kubeconfigsOf(environment) : [path];
  const [file] = files;
  if (file === undefined) {
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = environment;
    const isPod = host !== undefined && port !== undefined && existsSync(join(serviceAccount, "token"));
    return isPod ? serviceAccountAccess(host, port, serviceAccount) : libraryAccess(undefined, []);
  }
  const config = await readKubeconfig(file);
  const access = files.length === 1 ? kubeconfigAccess(config, dirname(file)) : undefined;
  return access ?? libraryAccess(path, files);
}

function kubeconfigsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const listed = environment["KUBECONFIG"]?.split(delimiter).filter((file) => file !== "") ?? [];
  if (listed.length > 0) return listed;
  const standard = join(environment["HOME"] ?? homedir(), ".kube", "config");
  return existsSync(standard) ? [standard] : [];
}

async function readKubeconfig(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8");
  const { parse } = await import("yaml");
  return parse(text);
}

/** What the library leaves out of a kubeconfig is added: a user's `tokenFile`, which goes before a token beside it. */
async function libraryAccess(path: string | undefined, files: readonly string[]): Promise<ClusterAccess> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  if (path === undefined) config.loadFromDefault();
  else config.loadFromFile(path);
  for (const file of files) {
    const tokenFiles = tokenFilesOf(await readKubeconfig(file));
    config.users = config.users.map((user) => {
      const given = tokenFiles.get(user.name);
      if (given === undefined) return user;
      const { token: _, ...rest } = user;
      const tokenFile = resolve(dirname(file), given);
      return { ...rest, authProvider: { name: "tokenFile", config: { tokenFile } } };
    });
  }
  return config;
}

function tokenFilesOf(config: unknown): ReadonlyMap<string, string> {
  const { users } = (config ?? {}) as { readonly users?: unknown };
  const entries = Array.isArray(users) ? users : [];
  return new Map(
    entries.flatMap((entry: { name?: unknown; user?: { tokenFile?: unknown } | null } | null) => {
      const [name, file] = [entry?.name, entry?.user?.tokenFile];
      return typeof name === "string" && typeof file === "string" ? [[name, file] as const] : [];
    }),
  );
}
