import type { Pod, PullCredential, Secret } from "@vkubelet/core";
import { decodeBase64, decodeText, secretText } from "./object-data.ts";
import type { Resolution, ResolveInputs } from "./resolution.ts";

const reason = "FailedToRetrieveImagePullSecret";

/**
 * The registry credentials of the pod's imagePullSecrets in order (U3). A Secret that is missing or holds no docker
 * config only gives a warning: the pull is tried without it.
 */
export function resolvePullCredentials(
  pod: Pod,
  inputs: ResolveInputs,
  resolution: Resolution,
): readonly PullCredential[] {
  const credentials: PullCredential[] = [];
  const missing: string[] = [];
  for (const { name } of pod.spec?.imagePullSecrets ?? []) {
    if (!name) continue;
    const secret = inputs.secret(name);
    if (!secret) {
      missing.push(name);
      continue;
    }
    const found = credentialsOf(secret);
    if (found) credentials.push(...found);
    else {
      const message = `Unable to use image pull secret ${name}: it holds no docker config; attempting to pull the image may not succeed.`;
      resolution.warnings.push({ type: "Warning", reason, message });
    }
  }
  if (missing.length > 0) {
    const message = `Unable to retrieve some image pull secrets (${missing.join(", ")}); attempting to pull the image may not succeed.`;
    resolution.warnings.push({ type: "Warning", reason, message });
  }
  return credentials;
}

function credentialsOf(secret: Secret): PullCredential[] | undefined {
  const modern = secret.type === "kubernetes.io/dockerconfigjson";
  if (!modern && secret.type !== "kubernetes.io/dockercfg") return undefined;
  const content = secretText(secret, modern ? ".dockerconfigjson" : ".dockercfg");
  const config = typeof content === "string" ? undefined : parsedRecord(content.text);
  const registries = modern ? config && record(config["auths"]) : config;
  if (!registries) return undefined;
  const credentials: PullCredential[] = [];
  for (const [registry, entry] of Object.entries(registries)) {
    const login = loginOf(record(entry) ?? {});
    if (login === "malformed") return undefined;
    if (login) credentials.push({ registry: registryOf(registry), ...login });
  }
  return credentials;
}

/** `auth` (base64 of `user:password`) stands before the separate fields, as for the kubelet; undefined: no login. */
function loginOf(
  entry: Readonly<Record<string, unknown>>,
): Pick<PullCredential, "username" | "password"> | "malformed" | undefined {
  const { auth, username, password } = entry;
  if (typeof auth === "string" && auth !== "") {
    const bytes = decodeBase64(auth);
    const text = bytes && decodeText(bytes);
    const colon = text?.indexOf(":") ?? -1;
    if (text === undefined || colon < 0) return "malformed";
    return { username: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  if (typeof username !== "string" || username === "" || typeof password !== "string") return undefined;
  return { username, password };
}

/** Host and path prefix: without scheme, without the `/v1/` and `/v2/` of the registry API. */
function registryOf(key: string): string {
  return key
    .replace(/^https?:\/\//, "")
    .replace(/^([^/]*)\/v[12](?=\/)/, "$1")
    .replace(/\/+$/, "");
}

function parsedRecord(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return record(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
