import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";

/** A proxy before an API server. */
export interface ShutProxy {
  /** Shut, all connections break, and new ones are closed at once. */
  setOpen(open: boolean): void;
  /** Held, all connections stay, new ones are taken, and nothing gets through until they are let go. */
  setHeld(held: boolean): void;
  /** The credentials with this proxy before the API server. */
  through(config: KubeConfig): KubeConfig;
  close(): void;
}

/** The credentials with a proxy before their API server that can be shut. */
export async function startProxiedConfig(
  config: KubeConfig,
): Promise<{ config: KubeConfig; proxy: ShutProxy }> {
  const target = new URL(config.getCurrentCluster()?.server ?? "");
  const proxy = await startProxy(target);
  return { config: proxy.through(config), proxy };
}

async function startProxy(target: URL): Promise<ShutProxy> {
  const sockets = new Set<Socket>();
  let open = true;
  let held = false;
  const server = createServer((socket) => {
    if (!open) {
      socket.destroy();
      return;
    }
    const upstream = connect(Number(target.port), "127.0.0.1");
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
      if (held) one.pause();
    }
  });
  const breakAll = () => {
    for (const socket of [...sockets]) socket.destroy();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    setOpen: (value) => {
      open = value;
      if (!value) breakAll();
    },
    setHeld: (value) => {
      held = value;
      for (const socket of sockets) {
        if (value) socket.pause();
        else socket.resume();
      }
    },
    through: (config) => {
      const proxied = new KubeConfig();
      proxied.loadFromString(config.exportConfig().replace(target.origin, `https://127.0.0.1:${port}`));
      return proxied;
    },
    close: () => {
      server.close();
      breakAll();
    },
  };
}
