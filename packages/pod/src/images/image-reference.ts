import { ProviderError } from "@vkubelet/core";

/** An image as the distribution reference grammar reads it. */
export interface ImageReference {
  /**
   * Registry host, with its port where one is written: `docker.io` for an image without a host. Empty where what
   * should be the host cannot be one, but is a path (`a_b.example/c`).
   */
  readonly domain: string;
  /** Repository within the registry: `library/nginx` for the image `nginx`. */
  readonly path: string;
  /** `domain/path`, or the path alone without a domain: the name by which credentials are looked up. */
  readonly name: string;
  /** As written; `latest` where the image has neither tag nor digest. */
  readonly tag?: string;
  /** `sha256:…`, `sha384:…` or `sha512:…`. */
  readonly digest?: string;
}

const domainComponent = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const domain = `(?:${domainComponent}(?:\\.${domainComponent})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const pathComponent = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const path = `${pathComponent}(?:/${pathComponent})*`;
const tag = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const digest = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";
const referenceFormat = new RegExp(`^(?:(${domain})/)?(${path})(?::(${tag}))?(?:@(${digest}))?$`);
const identifierFormat = /^[a-f0-9]{64}$/;
const digestFormat = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const digestLengths: ReadonlyMap<string, number> = new Map([
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
]);
const maximumPathLength = 255;

/**
 * The parts of an image as the kubelet parses it (`pkg/util/parsers` over `distribution/reference`): Docker Hub's short
 * names are completed with `docker.io` and `library/`, and the tag `latest` stands in where neither tag nor digest is
 * written. Throws `InvalidInput` with reason `InvalidImageName` and the kubelet's message for anything else.
 */
export function parseImageReference(image: string): ImageReference {
  const parsed = parsedImage(image);
  if ("fault" in parsed) {
    throw new ProviderError("InvalidInput", faultMessage(image, parsed.fault), {
      reason: "InvalidImageName",
    });
  }
  return parsed;
}

/** Why the kubelet pulls no such image, in its words; undefined for what is one. */
export function imageFault(image: string): string | undefined {
  const parsed = parsedImage(image);
  return "fault" in parsed ? faultMessage(image, parsed.fault) : undefined;
}

function faultMessage(image: string, fault: string): string {
  const shown = JSON.stringify(image);
  return `Failed to apply default image tag ${shown}: couldn't parse image name ${shown}: ${fault}`;
}

/** The same without an exception, for callers to whom a wrong name is no error; undefined for what is no image. */
export function imageReferenceOf(image: string): ImageReference | undefined {
  const parsed = parsedImage(image);
  return "fault" in parsed ? undefined : parsed;
}

function parsedImage(image: string): ImageReference | { readonly fault: string } {
  if (identifierFormat.test(image)) {
    return {
      fault: `invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`,
    };
  }
  const [registry, rest] = splitRegistry(image);
  const [remote = ""] = rest.split(":", 1);
  if (remote.toLowerCase() !== remote) {
    return { fault: `invalid reference format: repository name (${remote}) must be lowercase` };
  }
  const match = referenceFormat.exec(`${registry}/${rest}`);
  if (!match) {
    const caseOnly = referenceFormat.test(`${registry}/${rest}`.toLowerCase());
    return { fault: caseOnly ? "repository name must be lowercase" : "invalid reference format" };
  }
  const [, host = "", repository = "", tagText, digestText] = match;
  if (repository.length > maximumPathLength) {
    return { fault: `repository name must not be more than ${maximumPathLength} characters` };
  }
  const fault = digestText === undefined ? undefined : digestFault(digestText);
  if (fault !== undefined) return { fault };
  const effectiveTag = tagText ?? (digestText === undefined ? "latest" : undefined);
  return {
    domain: host,
    path: repository,
    name: host === "" ? repository : `${host}/${repository}`,
    ...(effectiveTag !== undefined && { tag: effectiveTag }),
    ...(digestText !== undefined && { digest: digestText }),
  };
}

/** A first component is a host when it cannot be an organisation of Docker Hub. */
function splitRegistry(image: string): [registry: string, rest: string] {
  const slash = image.indexOf("/");
  if (slash < 0) return ["docker.io", `library/${image}`];
  const [first, rest] = [image.slice(0, slash), image.slice(slash + 1)];
  const isHost = first === "localhost" || /[.:]/.test(first) || first.toLowerCase() !== first;
  if (!isHost) return ["docker.io", image];
  if (first !== "docker.io" && first !== "index.docker.io") return [first, rest];
  return ["docker.io", rest.includes("/") ? rest : `library/${rest}`];
}

function digestFault(text: string): string | undefined {
  const colon = text.indexOf(":");
  const [algorithm, encoded] = [text.slice(0, colon), text.slice(colon + 1)];
  const length = digestLengths.get(algorithm);
  if (length === undefined) {
    return digestFormat.test(text) ? "unsupported digest algorithm" : "invalid checksum digest format";
  }
  if (encoded.length !== length) return "invalid checksum digest length";
  return /^[a-f0-9]+$/.test(encoded) ? undefined : "invalid checksum digest format";
}
