import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hostNetworkHostsFile, resolvConfText, takesGeneratedFile } from "@vkubelet/pod";
import type { ReadyMount } from "../supervise/mount-script.ts";
import type { PlannedContainer, PlannedHosts } from "../translate/process-plan.ts";
import { isMissing } from "./files.ts";

/**
 * Writes the hostname, hosts file and resolv.conf that a container has of its own into `temporary`, and tells how they are
 * mounted from `directory`, which that becomes. A start takes this machine's hosts file as it is then.
 */
export async function writeNetworkFiles(
  container: Pick<PlannedContainer, "hostname" | "hosts" | "resolver" | "mounts">,
  address: string,
  temporary: string,
  directory: string,
): Promise<readonly ReadyMount[]> {
  const { hostname, hosts, resolver } = container;
  const texts: [name: string, text: string][] = [];
  if (hostname !== undefined && takesGeneratedFile(container, "/etc/hostname"))
    texts.push(["hostname", `${hostname}\n`]);
  if (hosts !== undefined) texts.push(["hosts", hostsText(hosts, address, await machineHosts())]);
  if (resolver !== undefined) texts.push(["resolv.conf", resolvConfText(resolver)]);
  const mounts: ReadyMount[] = [];
  for (const [name, text] of texts) {
    await writeFile(join(temporary, name), text);
    await chmod(join(temporary, name), 0o644);
    mounts.push({ source: join(directory, name), target: `/etc/${name}`, readOnly: false, ours: true });
  }
  return mounts;
}

/** This machine's hosts file, with the pod's own names and aliases below. */
function hostsText({ names, aliases }: PlannedHosts, address: string, machine: string): string {
  const ended = machine === "" || machine.endsWith("\n") ? machine : `${machine}\n`;
  const own = names.length === 0 ? "" : `${address}\t${names.join("\t")}\n`;
  const network = { kernelHostname: "", hostAliases: aliases };
  return hostNetworkHostsFile({ network }, `${ended}${own}`);
}

async function machineHosts(): Promise<string> {
  try {
    return await readFile("/etc/hosts", "utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
