import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";

/** A proxy before an API server. */
export interface ShutProxy {
  /** Shut, all connections break, and new ones are closed at once. */
  setOpen(open: boolean): void;
  close(): void;
}

/** The credentials with a proxy before their API server that can be shut. */
export async function startProxiedConfig(
  config: KubeConfig,
): Promise<{ config: KubeConfig; proxy: ShutProxy }> {
  const target = new URL(config.getCurrentCluster()?.server ?? "");
  const { port, proxy } = await startProxy(Number(target.port));
  const proxied = new KubeConfig();
  proxied.loadFromString(config.exportConfig().replace(target.origin, `https://127.0.0.1:${port}`));
  return { config: proxied, proxy };
}

async function startProxy(target: number): Promise<{ port: number; proxy: ShutProxy }> {
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((socket) => {
    if (!open) {
      socket.destroy();
      return;
    }
    const upstream = connect(target, "127.0.0.1");
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const breakAll = () => {
    for (const socket of [...sockets]) socket.destroy();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: ShutProxy = {
    setOpen: (value) => {
      open = value;
      if (!value) breakAll();
    },
    close: () => {
      server.close();
      breakAll();
    },
  };
  return { port: (server.address() as AddressInfo).port, proxy };
}
