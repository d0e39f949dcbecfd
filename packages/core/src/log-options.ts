/** What a reader of logs asked for, already validated (kubelet API, `containerLogs`). */
export interface LogOptions {
  /** Go on until the container has ended. */
  readonly follow: boolean;
  /** The instance before the current one. Throws `NotFound` where there is none, `Unsupported` where it is not kept. */
  readonly previous: boolean;
  /** At most that many lines from the end; a provider may yield more, the host cuts. */
  readonly tailLines?: number;
  /** Only lines at or after this time (RFC 3339); a provider may yield earlier ones, the host cuts where it can. */
  readonly sinceTime?: string;
  /** A hint: the host stops reading after so many bytes. */
  readonly limitBytes?: number;
}

/** One line of output. */
export interface LogLine {
  /** Without the line end. The last line of a stream may be unfinished: then `partial` is true. */
  readonly bytes: Uint8Array;
  readonly partial?: boolean;
  /** RFC 3339 with up to nanoseconds, when the backend knows it. */
  readonly time?: string;
  readonly stream?: "stdout" | "stderr";
}
