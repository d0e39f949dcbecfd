import type { Pod, PullCredential, Secret } from "@vkubelet/core";
import type { Resolution, ResolveInputs } from "../resolve/resolution.ts";
import { decodeBase64, decodeText, secretText } from "../volumes/object-data.ts";
import { registryOfKey } from "./registry-match.ts";

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

/** Everything in a Secret that holds a docker config, or undefined: one wrong entry spoils the whole, as in Kubernetes. */
function credentialsOf(secret: Secret): PullCredential[] | undefined {
  const modern = secret.type === "kubernetes.io/dockerconfigjson";
  if (!modern && secret.type !== "kubernetes.io/dockercfg") return undefined;
  const content = secretText(secret, modern ? ".dockerconfigjson" : ".dockercfg");
  const config = typeof content === "string" ? undefined : parsedRecord(content.text);
  const registries = modern ? config && record(fieldOf(config, "auths")) : config;
  if (!registries || (modern && !areTexts(fieldOf(config, "httpheaders")))) return undefined;
  const credentials: PullCredential[] = [];
  for (const [key, entry] of Object.entries(registries)) {
    const login = loginOf(entry ?? {});
    if (login === undefined) return undefined;
    const registry = registryOfKey(key);
    const isEmpty = login.username === "" && login.password === "";
    if (registry !== undefined && !isEmpty) credentials.push({ registry, ...login });
  }
  return credentials;
}

/** `auth` (base64 of `user:password`) stands before the separate fields, as for the kubelet; undefined: malformed. */
function loginOf(entry: unknown): Pick<PullCredential, "username" | "password"> | undefined {
  const fields = record(entry);
  if (!fields) return undefined;
  const [auth, username, password, email] = ["auth", "username", "password", "email"].map((name) => {
    const value = fieldOf(fields, name) ?? "";
    return typeof value === "string" ? value : undefined;
  });
  if (auth === undefined || username === undefined || password === undefined || email === undefined) {
    return undefined;
  }
  if (auth === "") return { username, password };
  const bytes = decodedAuth(auth);
  const text = bytes && decodeText(bytes);
  const colon = text?.indexOf(":") ?? -1;
  if (text === undefined || colon < 0) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Base64 with all of its padding or none, and nothing but line ends in between. */
function decodedAuth(auth: string): Uint8Array | undefined {
  const joined = auth.replace(/[\r\n]/g, "");
  return joined.includes("=") && joined.length % 4 !== 0 ? undefined : decodeBase64(joined);
}

/** `HttpHeaders` are not used, but Kubernetes takes no docker config in which they are something else. */
function areTexts(headers: unknown): boolean {
  if (headers === undefined || headers === null) return true;
  return Object.values(record(headers) ?? { "": headers }).every((value) => typeof value === "string");
}

/** A field by Go's rules of JSON: upper and lower case are the same, and the last one counts. */
function fieldOf(fields: Readonly<Record<string, unknown>> | undefined, name: string): unknown {
  return Object.entries(fields ?? {}).findLast(([key]) => key.toLowerCase() === name)?.[1];
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
