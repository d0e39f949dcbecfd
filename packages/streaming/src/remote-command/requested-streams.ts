/** Which streams a client asked for. */
export interface RequestedStreams {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/**
 * Reads them from the query of an exec or attach request: as the API server asks a kubelet (`input=1`), or as clients
 * ask the API server (`stdin=true`). With a terminal there is no stderr. Undefined when there would be no stream at all.
 */
export function requestedStreams(query: URLSearchParams): RequestedStreams | undefined {
  const asked = (own: string, ofClients: string) =>
    query.get(own) === "1" || query.get(ofClients) === "true" || query.get(ofClients) === "1";
  const tty = query.get("tty") === "1" || query.get("tty") === "true";
  const stdin = asked("input", "stdin");
  const stdout = asked("output", "stdout");
  const stderr = asked("error", "stderr") && !tty;
  return stdin || stdout || stderr ? { stdin, stdout, stderr, tty } : undefined;
}
