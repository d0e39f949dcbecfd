export { ByteQueue } from "./byte-queue.ts";
export {
  type ForwardConnection,
  type PortForwardOptions,
  servePortForward,
  spdyPortForwardProtocol,
} from "./port-forward/spdy-server.ts";
export {
  maxForwardedPorts,
  serveWebSocketPortForward,
  type WebSocketPortForwardOptions,
} from "./port-forward/websocket-server.ts";
export { type CommandOutcome, parseOutcome, renderOutcome } from "./remote-command/outcome.ts";
export { type RequestedStreams, requestedStreams } from "./remote-command/requested-streams.ts";
export type { RemoteCommandSession } from "./remote-command/session.ts";
export { openSpdyCommand, type RemoteCommandClient } from "./remote-command/spdy-client.ts";
export {
  acceptSpdyCommand,
  type SpdyCommandOptions,
  type SpdyCommandProtocol,
  spdyCommandProtocols,
} from "./remote-command/spdy-server.ts";
export { acceptWebSocketCommand, commandChannels } from "./remote-command/websocket-server.ts";
export type { StreamHeaders } from "./spdy/header-block.ts";
export { type SpdyLimits, SpdySession, type SpdySessionOptions } from "./spdy/session.ts";
export { SpdyError } from "./spdy/spdy-error.ts";
export { SpdyStream, type StreamCarrier } from "./spdy/stream.ts";
export {
  chooseSpdyProtocol,
  chooseWebSocketProtocol,
  grantSpdy,
  grantWebSocket,
  type UpgradeKind,
  type UpgradeRefusal,
  upgradeKindOf,
} from "./upgrade.ts";
export {
  type ChannelForm,
  type CommandProtocol,
  type CommandProtocolName,
  commandProtocolNames,
  commandProtocols,
  type PortForwardProtocolName,
  portForwardProtocolNames,
  portForwardProtocols,
  tunnelProtocol,
} from "./websocket/protocols.ts";
