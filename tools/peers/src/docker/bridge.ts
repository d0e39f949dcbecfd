import { randomBytes, randomInt } from "node:crypto";
import { networkInterfaces } from "node:os";
import { runChecked } from "../run-command.ts";

/** A network bridge of one engine. */
export interface Bridge {
  readonly name: string;
  remove(): Promise<void>;
}

/**
 * Makes a bridge with a private /24 that no interface of this machine uses. Engines that share the usual `docker0`
 * would give the same addresses to different containers.
 */
export async function createBridge(): Promise<Bridge> {
  const name = `vkd${randomBytes(4).toString("hex")}`;
  await runChecked("ip", ["link", "add", "name", name, "type", "bridge"]);
  const remove = async () => {
    await runChecked("ip", ["link", "delete", name, "type", "bridge"]);
  };
  try {
    await runChecked("ip", ["address", "add", `${unusedPrefix()}.1/24`, "dev", name]);
    await runChecked("ip", ["link", "set", name, "up"]);
  } catch (error) {
    await remove();
    throw error;
  }
  return { name, remove };
}

function unusedPrefix(): string {
  const used = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  for (;;) {
    const prefix = `10.${randomInt(200, 255)}.${randomInt(0, 256)}`;
    if (!used.some((address) => address.address.startsWith(`${prefix}.`))) return prefix;
  }
}
