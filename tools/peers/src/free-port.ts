import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the range from which systems take the ports of connections and of listeners that name none (Linux from 32768,
 * others from 49152). A port from that range, free when looked at, may be somebody's connection when the peer starts,
 * or while it is stopped to be started again.
 */
const firstPort = 10_000;
const portCount = 10_000;

/** A UDP port for each TCP port: bound, it says that a process has claimed the other, and ends with that process. */
const claimOffset = 10_000;

const attempts = 1_000;

/**
 * `count` different TCP ports that are free on 127.0.0.1. No other caller gets them while this process lives, whether
 * something listens on them or not. Rejects when it finds none.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let attempt = 0; ports.length < count; attempt += 1) {
    if (attempt === attempts) {
      throw new Error(
        `find a free port: ${attempts} tries from ${firstPort} on found ${ports.length} of ${count}`,
      );
    }
    const port = firstPort + Math.floor(Math.random() * portCount);
    if ((await claim(port)) && (await isFree(port))) ports.push(port);
  }
  return ports;
}

/** One port of {@link freePorts}. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** False when another caller has it. A claim on a port that turns out to be in use is kept: it costs a socket. */
async function claim(port: number): Promise<boolean> {
  const socket = createSocket("udp4").unref();
  try {
    socket.bind({ port: port + claimOffset, address: "127.0.0.1", exclusive: true });
    await once(socket, "listening");
    return true;
  } catch (error) {
    return answerForUsed(error);
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch (error) {
    return answerForUsed(error);
  } finally {
    server.close();
  }
}

function answerForUsed(error: unknown): false {
  if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
  return false;
}
