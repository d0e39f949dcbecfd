import { isAbsolute, join } from "node:path";
import type { AccessOptions, ClusterAccess } from "./cluster-access.ts";
import { applyCredentials, type Credentials, type Source } from "./credentials.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a kubeconfig's cluster that are served here (client-go clientcmd/api/v1 Cluster). */
const clusterFields: ReadonlySet<string> = new Set([
  "server",
  "certificate-authority",
  "certificate-authority-data",
  "insecure-skip-tls-verify",
  "tls-server-name",
  "proxy-url",
]);

/** The same of a user (AuthInfo): certificates, tokens and passwords, and nothing that runs a program. */
const userFields: ReadonlySet<string> = new Set([
  "client-certificate",
  "client-certificate-data",
  "client-key",
  "client-key-data",
  "token",
  "tokenFile",
  "username",
  "password",
]);

/**
 * The current context of a kubeconfig whose relative paths count from `folder`; undefined when it needs more than
 * certificates, tokens and passwords, or is not whole.
 */
export function kubeconfigAccess(config: unknown, folder: string): ClusterAccess | undefined {
  if (!isFields(config)) return undefined;
  const context = entryOf(config, "context", config["current-context"]);
  const cluster = entryOf(config, "cluster", context?.["cluster"]);
  const user = entryOf(config, "user", context?.["user"]);
  if (cluster === undefined || user === undefined) return undefined;
  if (!hasOnly(cluster, clusterFields) || !hasOnly(user, userFields)) return undefined;
  const { server, "proxy-url": proxyUrl } = cluster;
  if (typeof server !== "string") return undefined;
  const source = (fields: Fields, name: string): Source => {
    const [file, data] = [fields[name], fields[`${name}-data`]];
    if (typeof file === "string" && file !== "")
      return { file: isAbsolute(file) ? file : join(folder, file) };
    return typeof data === "string" ? { data: Buffer.from(data, "base64") } : {};
  };
  const credentials: Credentials = {
    insecure: cluster["insecure-skip-tls-verify"] === true,
    serverName: textOf(cluster["tls-server-name"]),
    ca: source(cluster, "certificate-authority"),
    certificate: source(user, "client-certificate"),
    key: source(user, "client-key"),
    token: tokenOf(user, source(user, "tokenFile")),
    basic: basicOf(user),
  };
  return {
    getCurrentCluster: () => ({ server, ...(typeof proxyUrl === "string" && { proxyUrl }) }),
    applyToHTTPSOptions: (options: AccessOptions) => applyCredentials(credentials, options),
  };
}

/** The file goes before a token that stands beside it, as in client-go. */
function tokenOf({ token }: Fields, file: Source): Source {
  if (file.file !== undefined) return file;
  return typeof token === "string" ? { data: Buffer.from(token) } : {};
}

function basicOf({ username, password }: Fields): string | undefined {
  return typeof username === "string" && username !== ""
    ? `${username}:${textOf(password) ?? ""}`
    : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** `contexts: [{ name, context }]` and its like. */
function entryOf(config: Fields, kind: string, name: unknown): Fields | undefined {
  const entries = config[`${kind}s`];
  if (!Array.isArray(entries) || typeof name !== "string") return undefined;
  const entry: unknown = entries.find((candidate) => isFields(candidate) && candidate["name"] === name);
  const fields = isFields(entry) ? entry[kind] : undefined;
  return isFields(fields) ? fields : undefined;
}

function hasOnly(fields: Fields, known: ReadonlySet<string>): boolean {
  return Object.keys(fields).every((name) => known.has(name));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
