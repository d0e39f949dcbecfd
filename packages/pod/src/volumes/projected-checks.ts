import type { ProjectedSource } from "@vkubelet/core";
import { forbiddenValue, invalidValue, requiredValue } from "../admission/field-message.ts";
import type { Resolution } from "../resolve/resolution.ts";
import { checkFieldItems, checkFilePath, checkKeyItems } from "./file-checks.ts";

type TokenSource = NonNullable<ProjectedSource["serviceAccountToken"]>;

const shortestToken = 600;
const longestToken = 2 ** 32;

/** Kinds of sources that Kubernetes 1.36 has and that cannot be filled here: why, and what to do instead. */
const unserved: ReadonlyMap<string, string> = new Map([
  [
    "clusterTrustBundle",
    "is not served here: put the trust anchors into a ConfigMap and project it with a configMap source",
  ],
  [
    "podCertificate",
    "is not served here, since no certificate is requested for the pod: let an issuer keep key and certificate in a Secret and project it with a secret source",
  ],
]);
const served = new Set(["configMap", "secret", "downwardAPI", "serviceAccountToken"]);

/**
 * Notes what the API server refuses about the sources of a projected volume (C6, C7), and kinds of sources that
 * cannot be filled here. Paths that are named twice conflict; those of tokens are not compared, as with the API server.
 */
export function checkProjectedSources(
  sources: readonly ProjectedSource[],
  path: string,
  resolution: Resolution,
): void {
  const taken = new Set<string>();
  for (const [index, source] of sources.entries()) {
    const place = `${path}[${index}]`;
    const { configMap, secret, downwardAPI, serviceAccountToken } = source;
    if (configMap) {
      checkKeys(configMap, `${place}.configMap`, resolution);
      claimPaths(configMap.items, () => configMap.name ?? "", `${place}.configMap`, taken, resolution);
    }
    if (secret) {
      checkKeys(secret, `${place}.secret`, resolution);
      claimPaths(secret.items, () => secret.name ?? "", `${place}.secret`, taken, resolution);
    }
    if (downwardAPI) {
      checkFieldItems(downwardAPI.items, `${place}.downwardAPI`, resolution);
      claimPaths(downwardAPI.items, (item) => item.path, `${place}.downwardAPI`, taken, resolution);
    }
    if (serviceAccountToken) checkToken(serviceAccountToken, `${place}.serviceAccountToken`, resolution);
    checkKinds(source, place, resolution);
  }
}

function checkKinds(source: ProjectedSource, place: string, resolution: Resolution): void {
  const kinds = Object.keys(source).filter((kind) => source[kind as keyof ProjectedSource] != null);
  if (kinds.length > 1) {
    resolution.issue(place, forbiddenValue("may not specify more than 1 volume type per source"));
  }
  for (const kind of kinds) {
    if (served.has(kind)) continue;
    const unknown =
      "is no projected source that is known here: use configMap, secret, downwardAPI or serviceAccountToken";
    resolution.issue(`${place}.${kind}`, unserved.get(kind) ?? unknown);
  }
}

function checkKeys(
  source: NonNullable<ProjectedSource["configMap"]>,
  place: string,
  resolution: Resolution,
): void {
  if (!source.name) resolution.issue(`${place}.name`, requiredValue());
  checkKeyItems(source.items, place, resolution);
}

function checkToken({ path, expirationSeconds }: TokenSource, place: string, resolution: Resolution): void {
  const seconds = expirationSeconds ?? 3600;
  const refuse = (detail: string) =>
    resolution.issue(`${place}.expirationSeconds`, invalidValue(seconds, detail));
  if (!(seconds >= shortestToken)) refuse("may not specify a duration less than 10 minutes");
  if (seconds > longestToken) refuse("may not specify a duration larger than 2^32 seconds");
  checkFilePath(path, `${place}.path`, resolution);
}

/** Paths are compared as they are written, as the API server does. */
function claimPaths<Item extends { readonly path: string }>(
  items: readonly Item[] | undefined,
  shown: (item: Item) => string,
  place: string,
  taken: Set<string>,
  resolution: Resolution,
): void {
  for (const [index, item] of (items ?? []).entries()) {
    if (!item.path) continue;
    if (taken.has(item.path)) {
      const message = invalidValue(shown(item), "conflicting duplicate paths");
      resolution.issue(`${place}.items[${index}].path`, message);
    }
    taken.add(item.path);
  }
}
