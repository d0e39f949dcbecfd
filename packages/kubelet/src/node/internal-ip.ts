import { networkInterfaces } from "node:os";

/** The first IPv4 address of this machine that is not loopback; loopback when there is no other. */
export function defaultInternalIP(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find((address) => address.family === "IPv4" && !address.internal)?.address ?? "127.0.0.1";
}
