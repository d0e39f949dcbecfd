import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { ClientUpgrade } from "../../http/exchange.ts";
import type { UpgradedConnection } from "./kubelet-upgrade.ts";

/** Passes on the answer of the kubelet and then every byte, until either side ends: the API server never ends one alone. */
export function proxySession({ socket: client, head }: ClientUpgrade, kubelet: UpgradedConnection): void {
  const { statusCode = 101, rawHeaders } = kubelet.answer;
  const lines = [`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  }
  client.write(`${lines.join("\r\n")}\r\n\r\n`);
  if (kubelet.head.length > 0) client.write(kubelet.head);
  if (head.length > 0) kubelet.socket.write(head);
  join(client, kubelet.socket);
}

/** Carries bytes both ways; the end of one side, once what it sent was passed on, is the end of the other. */
export function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.end());
    from.pipe(to);
    // It may have gone while the other was being reached, and then nobody tells of it.
    if (from.destroyed) to.destroy();
  }
}
