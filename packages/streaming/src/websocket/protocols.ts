/** How messages on WebSocket channels look. */
export interface ChannelForm {
  /** Channels and data as text: a digit, then base64. */
  readonly base64: boolean;
}

/** What a sub-protocol for exec and attach means. */
export interface CommandProtocol extends ChannelForm {
  /** The outcome is a Status; before the fourth version it is a text. */
  readonly outcome: "status" | "text";
  /** The client can say that stdin has ended. */
  readonly closesChannels: boolean;
}

/** A sub-protocol for exec and attach; a client that names none speaks the first version. */
export type CommandProtocolName =
  | "v5.channel.k8s.io"
  | "v4.channel.k8s.io"
  | "v4.base64.channel.k8s.io"
  | "channel.k8s.io"
  | "base64.channel.k8s.io"
  | "";

/** What each means. */
export const commandProtocols: Readonly<Record<CommandProtocolName, CommandProtocol>> = {
  "v5.channel.k8s.io": { base64: false, outcome: "status", closesChannels: true },
  "v4.channel.k8s.io": { base64: false, outcome: "status", closesChannels: false },
  "v4.base64.channel.k8s.io": { base64: true, outcome: "status", closesChannels: false },
  "channel.k8s.io": { base64: false, outcome: "text", closesChannels: false },
  "base64.channel.k8s.io": { base64: true, outcome: "text", closesChannels: false },
  "": { base64: false, outcome: "text", closesChannels: false },
};

/** A sub-protocol for port-forward with two channels for each port; a client that names none means the first. */
export type PortForwardProtocolName = "v4.channel.k8s.io" | "v4.base64.channel.k8s.io" | "";

/** How the channels of each look. */
export const portForwardProtocols: Readonly<Record<PortForwardProtocolName, ChannelForm>> = {
  "v4.channel.k8s.io": { base64: false },
  "v4.base64.channel.k8s.io": { base64: true },
  "": { base64: false },
};

/** Sub-protocol of a port-forward whose messages carry a SPDY session. */
export const tunnelProtocol = "SPDY/3.1+portforward.k8s.io";

/** What a server can offer for exec and attach. */
export const commandProtocolNames: readonly CommandProtocolName[] = Object.keys(
  commandProtocols,
) as CommandProtocolName[];

/** What a server can offer for port-forward. */
export const portForwardProtocolNames: readonly (PortForwardProtocolName | typeof tunnelProtocol)[] = [
  tunnelProtocol,
  ...(Object.keys(portForwardProtocols) as PortForwardProtocolName[]),
];
