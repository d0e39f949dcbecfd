/** Where bytes go. */
export interface ByteSink {
  /** Resolves when more may be written. Rejects when nobody reads any more: there is nothing to write after that. */
  write(bytes: Uint8Array): Promise<void>;
}

/** Size of a terminal, in characters. */
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** The near ends of a session inside a container, as far as they were asked for. */
export interface SessionStreams {
  /** What the client sends; it ends when the client closes it. Absent: the process gets no input. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly stdout?: ByteSink;
  /** Never there with a terminal, whose output is one stream. */
  readonly stderr?: ByteSink;
  /** There when the process is to have a terminal: the sizes that the client's has, the first as soon as it is told. */
  readonly terminal?: AsyncIterable<TerminalSize>;
}

/** A connection to a port of a pod: bytes both ways, each of which ends for itself. */
export interface PortConnection {
  /** What the client sends; it ends when the client sends no more, and throws when the client resets the connection. */
  readonly incoming: AsyncIterable<Uint8Array>;
  readonly outgoing: ByteSink & {
    /** Tells the client that no more comes, while it may go on to send. */
    end(): Promise<void>;
  };
}
