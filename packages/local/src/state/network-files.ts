import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hostNetworkHostsFile, resolvConfText } from "@vkubelet/pod";
import type { ReadyMount } from "../supervise/mount-script.ts";
import type { PlannedContainer } from "../translate/process-plan.ts";
import { isMissing } from "./files.ts";

/**
 * Writes the hosts file and resolv.conf that a container has of its own into `temporary`, and tells how they are
 * mounted from `directory`, which that becomes. A start takes this machine's hosts file as it is then.
 */
export async function writeNetworkFiles(
  { hostAliases, resolver }: Pick<PlannedContainer, "hostAliases" | "resolver">,
  temporary: string,
  directory: string,
): Promise<readonly ReadyMount[]> {
  const texts: [name: string, text: string][] = [];
  if (hostAliases !== undefined) {
    texts.push([
      "hosts",
      hostNetworkHostsFile({ network: { kernelHostname: "", hostAliases } }, await ownHosts()),
    ]);
  }
  if (resolver !== undefined) texts.push(["resolv.conf", resolvConfText(resolver)]);
  const mounts: ReadyMount[] = [];
  for (const [name, text] of texts) {
    await writeFile(join(temporary, name), text);
    await chmod(join(temporary, name), 0o644);
    mounts.push({ source: join(directory, name), target: `/etc/${name}`, readOnly: false, ours: true });
  }
  return mounts;
}

async function ownHosts(): Promise<string> {
  try {
    return await readFile("/etc/hosts", "utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
