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

/** Sub-protocols for exec and attach, the best first; a client that names none speaks the first version. */
export const commandProtocols: Readonly<Record<string, CommandProtocol>> = {
  "v5.channel.k8s.io": { base64: false, outcome: "status", closesChannels: true },
  "v4.channel.k8s.io": { base64: false, outcome: "status", closesChannels: false },
  "v4.base64.channel.k8s.io": { base64: true, outcome: "status", closesChannels: false },
  "channel.k8s.io": { base64: false, outcome: "text", closesChannels: false },
  "base64.channel.k8s.io": { base64: true, outcome: "text", closesChannels: false },
  "": { base64: false, outcome: "text", closesChannels: false },
};

/** Sub-protocols for port-forward with two channels for each port; none means the first. */
export const portForwardProtocols: Readonly<Record<string, ChannelForm>> = {
  "v4.channel.k8s.io": { base64: false },
  "v4.base64.channel.k8s.io": { base64: true },
  "": { base64: false },
};

/** Sub-protocol of a port-forward whose messages carry a SPDY session. */
export const tunnelProtocol = "SPDY/3.1+portforward.k8s.io";
