import type { SessionStreams } from "@vkubelet/core";
import type { WebSocket } from "ws";
import { WebSocketChannels } from "../websocket/channels.ts";
import type { CommandProtocol } from "../websocket/protocols.ts";
import { renderOutcome } from "./outcome.ts";
import type { RequestedStreams } from "./requested-streams.ts";
import type { RemoteCommandSession } from "./session.ts";
import { terminalSizes } from "./terminal-sizes.ts";

/** Channels of exec and attach. */
export const commandChannels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;

/** The server's end of a session on a WebSocket. */
export async function acceptWebSocketCommand(
  socket: WebSocket,
  protocol: CommandProtocol,
  { stdin, stdout, stderr, tty }: RequestedStreams,
): Promise<RemoteCommandSession> {
  const readable = [...(stdin ? [commandChannels.stdin] : []), ...(tty ? [commandChannels.resize] : [])];
  const channels = new WebSocketChannels(socket, { ...protocol, readable });
  // Clients may wait for the first message to know that the session stands.
  const first = stdout ? commandChannels.stdout : stderr ? commandChannels.stderr : commandChannels.error;
  await channels.send(first, new Uint8Array(0));
  const streams: SessionStreams = {
    ...(stdin ? { stdin: channels.incoming(commandChannels.stdin) } : {}),
    ...(stdout ? { stdout: channels.outgoing(commandChannels.stdout) } : {}),
    ...(stderr ? { stderr: channels.outgoing(commandChannels.stderr) } : {}),
    ...(tty ? { terminal: terminalSizes(channels.incoming(commandChannels.resize)) } : {}),
  };
  const finishAs = async (status: string): Promise<void> => {
    if (channels.signal.aborted) return;
    // Before the fourth version nothing was said of success.
    if (status !== "") await channels.send(commandChannels.error, Buffer.from(status)).catch(() => {});
    channels.close();
  };
  return {
    streams,
    signal: channels.signal,
    finish: (outcome) => finishAs(renderOutcome(outcome, protocol.outcome)),
    finishAs,
  };
}
