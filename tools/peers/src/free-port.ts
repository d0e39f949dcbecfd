import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/**
 * `count` different TCP ports that are free on 127.0.0.1 at this moment. Another process may take one before the
 * caller does, so a start that fails for "address in use" is worth repeating.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(async (server) => {
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        return (server.address() as AddressInfo).port;
      }),
    );
  } finally {
    for (const server of servers) server.close();
  }
}

/** One TCP port that is free on 127.0.0.1 at this moment. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  if (port === undefined) throw new Error("find a free port: the system gave none");
  return port;
}
