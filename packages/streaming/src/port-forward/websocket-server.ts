import type { PortConnection } from "@vkubelet/core";
import type { WebSocket } from "ws";
import { WebSocketChannels } from "../websocket/channels.ts";
import type { ChannelForm } from "../websocket/protocols.ts";
import type { ForwardConnection } from "./spdy-server.ts";

/** Options of {@link serveWebSocketPortForward}. */
export interface WebSocketPortForwardOptions {
  readonly ports: readonly number[];
  readonly form: ChannelForm;
  readonly forward: ForwardConnection;
  readonly describeError: (port: number, error: unknown) => string;
}

/**
 * Serves port-forward on a WebSocket: one connection for each port, on a channel for its bytes and one for an error. Each
 * begins with the number of the port. Resolves when all connections have ended, or the client has gone.
 */
export async function serveWebSocketPortForward(
  socket: WebSocket,
  { ports, form, forward, describeError }: WebSocketPortForwardOptions,
): Promise<void> {
  const dataChannel = (index: number) => index * 2;
  const readable = ports.map((_, index) => dataChannel(index));
  const channels = new WebSocketChannels(socket, { ...form, readable });
  const carry = async (port: number, index: number): Promise<void> => {
    const data = dataChannel(index);
    const error = data + 1;
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    try {
      await channels.send(data, number);
      await channels.send(error, number);
      const connection: PortConnection = {
        incoming: channels.incoming(data),
        // The protocol has no word for one direction that has ended.
        outgoing: { write: (bytes) => channels.send(data, bytes), end: async () => {} },
      };
      await forward(port, connection, channels.signal);
    } catch (reason) {
      if (!channels.signal.aborted)
        await channels.send(error, Buffer.from(describeError(port, reason))).catch(() => {});
    }
  };
  await Promise.all(ports.map(carry));
  channels.close();
}

/** The most ports of one request: channels are numbered by one byte, or by one digit. */
export function maxForwardedPorts({ base64 }: ChannelForm): number {
  return base64 ? 5 : 127;
}
