import { ProviderError, type ResolvedDns } from "@vkubelet/core";

/**
 * Reads a resolv.conf as the kubelet does (`parseResolvConf`): servers add up, the last search line counts and loses
 * the dots at its ends, options of one name replace earlier ones; everything else, `domain` too, is passed over.
 * Throws `InvalidInput` for a nameserver line without an address.
 */
export function parseResolvConf(text: string): ResolvedDns {
  const servers: string[] = [];
  let searches: string[] = [];
  const options = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === "nameserver") servers.push(firstOf(values));
    if (keyword === "search") {
      searches = values.filter((value) => value !== ".").map((value) => value.replace(/\.$/, ""));
    }
    if (keyword === "options") {
      for (const value of values) options.set(value.split(":", 1)[0] ?? "", value);
    }
  }
  return { servers, searches, options: [...options.values()] };
}

/** The text of a resolv.conf, as container runtimes write it for a pod (containerd's `parseDNSOptions`). */
export function resolvConfText({ servers, searches, options }: ResolvedDns): string {
  const lines = [
    ...(searches.length > 0 ? [`search ${searches.join(" ")}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(" ")}`] : []),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function firstOf(addresses: readonly string[]): string {
  const [address] = addresses;
  if (address !== undefined) return address;
  const message = "Encountered error while parsing resolv conf file. Error: nameserver list is empty ";
  throw new ProviderError("InvalidInput", message);
}
