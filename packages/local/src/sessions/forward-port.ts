import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type PortConnection, ProviderError } from "@vkubelet/core";
import { writeTo } from "./write-to.ts";

/** Pods have the network of this machine: a process in one reaches the port by either address of localhost. */
const addresses = ["127.0.0.1", "::1"];

/** Carries one connection to a port of this machine, until both directions have ended or the signal aborts. */
export async function forwardPort(
  port: number,
  { incoming, outgoing }: PortConnection,
  signal: AbortSignal,
): Promise<void> {
  const socket = await connectTo(port, signal);
  const stop = () => socket.destroy();
  signal.addEventListener("abort", stop, { once: true });
  socket.on("error", () => {});
  const upwards = (async () => {
    for await (const bytes of incoming) if (!(await writeTo(socket, bytes))) return;
    socket.end();
  })();
  // Whoever listens may close while the client still sends: what it sends then is for nobody.
  upwards.catch(stop);
  try {
    for await (const bytes of socket) await outgoing.write(bytes);
    await outgoing.end();
    // A client that has all it wants may reset the connection in place of ending it.
    if (!socket.destroyed) await upwards.catch(() => {});
  } catch (error) {
    signal.throwIfAborted();
    throw new ProviderError(
      "Unavailable",
      `the connection to port ${port} broke: ${(error as Error).message}`,
    );
  } finally {
    signal.removeEventListener("abort", stop);
    socket.destroy();
  }
}

async function connectTo(port: number, signal: AbortSignal): Promise<Socket> {
  let failure: Error | undefined;
  for (const host of addresses) {
    signal.throwIfAborted();
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    try {
      await once(socket, "connect", { signal });
      return socket;
    } catch (error) {
      socket.destroy();
      failure ??= error as Error;
    }
  }
  signal.throwIfAborted();
  throw new ProviderError("Unavailable", `nothing can be reached on port ${port}: ${failure?.message}`);
}
