/** The peer broke the protocol or a limit, or the connection is no more. */
export class SpdyError extends Error {
  override readonly name: string = "SpdyError";
}
