/** A registry as credentials name it: host parts that may hold `*`, port, and the path that images must begin with. */
interface RegistryPattern {
  readonly parts: readonly string[];
  readonly port: string;
  readonly path: string;
}

/**
 * The registry that a key of a docker config names, in the kubelet's form (`BasicDockerKeyring.Add`): without scheme,
 * user, query and the `/v1` and `/v2` of the registry's API; undefined for a key that is no URL, which is passed over.
 */
export function registryOfKey(key: string): string | undefined {
  const parsed = parseAddress(key.replace(/^https?:\/\//, ""));
  if (!parsed) return undefined;
  const path = /^\/v[12]\//.test(parsed.path) ? parsed.path.slice(3) : parsed.path;
  return path === "/" ? parsed.host : parsed.host + path;
}

/**
 * Whether credentials of `registry` are for the image of that full name (`URLsMatchStr`): the same port, as many host
 * parts, each matching where `*` stands for any text within the part, and the path a prefix of the image's.
 */
export function registryMatches(registry: string, imageName: string): boolean {
  const pattern = patternOf(registry);
  const target = patternOf(imageName);
  if (!pattern || !target || pattern.port !== target.port) return false;
  return (
    pattern.parts.length === target.parts.length &&
    target.path.startsWith(pattern.path) &&
    pattern.parts.every((part, index) => globMatches(part, target.parts[index] ?? ""))
  );
}

function patternOf(address: string): RegistryPattern | undefined {
  const parsed = parseAddress(address);
  if (!parsed) return undefined;
  // Brackets go with the port: without one they stay, as a class of characters that no address matches.
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):([0-9]*)$/.exec(parsed.host);
  const host = match ? (match[1] ?? match[2] ?? "") : parsed.host;
  return { parts: host.split("."), port: match?.[3] ?? "", path: parsed.path };
}

function globMatches(glob: string, text: string): boolean {
  if (glob.includes("[")) return false;
  const [first = "", ...rest] = glob.split("*");
  if (rest.length === 0) return glob === text;
  const last = rest.pop() ?? "";
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
    return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const piece of rest) {
    const at = text.indexOf(piece, from);
    if (at < 0 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}

/** Host and path of an address without scheme, by the rules of Go's `net/url`. */
function parseAddress(address: string): { readonly host: string; readonly path: string } | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what no URL may hold.
  if (/[\u0000-\u001f\u007f]/.test(address)) return undefined;
  const [withoutFragment = "", fragment = ""] = splitOnce(address, "#");
  const [bare = ""] = splitOnce(withoutFragment, "?");
  const slash = bare.indexOf("/");
  const authority = slash < 0 ? bare : bare.slice(0, slash);
  const at = authority.lastIndexOf("@");
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(authority.slice(0, Math.max(at, 0)))) return undefined;
  const host = hostOf(authority.slice(at + 1));
  const path = slash < 0 ? "" : percentDecoded(bare.slice(slash));
  if (host === undefined || path === undefined || percentDecoded(fragment) === undefined) return undefined;
  return { host, path };
}

function hostOf(text: string): string | undefined {
  const literal = /^\[([0-9A-Fa-f:.]+)\](?::[0-9]*)?$/.exec(text);
  if (literal) return isAddress(literal[1] ?? "") ? text : undefined;
  if (!/^[A-Za-z0-9\-_.~!$&'()*+,;=<>"%\u0080-\uffff]*(?::[0-9]*)?$/.test(text)) return undefined;
  // Only what is not ASCII may be encoded in a host.
  if (/%[0-7]/.test(text.replaceAll("%25", ""))) return undefined;
  return percentDecoded(text);
}

function isAddress(text: string): boolean {
  return text.includes(":") && URL.canParse(`http://[${text}]/`);
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
