import type { Container, FieldIssue } from "@vkubelet/core";

/** One HTTP request of a probe or hook, ready to be sent. */
export interface HttpGetAction {
  readonly type: "httpGet";
  readonly scheme: "http" | "https";
  /** Absent: the pod's primary address. */
  readonly host?: string;
  readonly port: number;
  /** Request target: begins with `/`, may hold a query. */
  readonly path: string;
  /** In the order of the pod; names may repeat. `User-Agent` and `Accept` are filled in; `Host` stands apart. */
  readonly headers: readonly HttpHeader[];
  /** The value of the `Host` header where it is not that of the address. */
  readonly hostHeader?: string;
}

export interface HttpHeader {
  readonly name: string;
  readonly value: string;
}

/** A command to run in the container. There is no shell; its end with 0 is success. */
export interface ExecAction {
  readonly type: "exec";
  readonly command: readonly string[];
}

/** A connection to open. */
export interface TcpSocketAction {
  readonly type: "tcpSocket";
  /** Absent: the pod's primary address. */
  readonly host?: string;
  readonly port: number;
}

/** The wire form of what probes and hooks share. */
export interface HandlerFields {
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: {
    readonly host?: string;
    readonly port: number | string;
    readonly path?: string;
    readonly scheme?: string;
    readonly httpHeaders?: readonly HttpHeader[];
  };
  readonly tcpSocket?: { readonly host?: string; readonly port: number | string };
}

/** Where an action is read: for issues, and to find ports by name. */
export interface ActionContext {
  readonly container: Container;
  /** Path of the probe or hook, as users write it. */
  readonly path: string;
  readonly issues: FieldIssue[];
}

/** The only handler of a probe or hook; an issue, and undefined, when there is none or more than one. */
export function onlyHandler(
  fields: object,
  kinds: readonly string[],
  context: ActionContext,
): string | undefined {
  const present = Object.entries(fields)
    .filter(([name, value]) => kinds.includes(name) && value !== undefined && value !== null)
    .map(([name]) => name);
  if (present.length === 1) return present[0];
  const message =
    present.length === 0
      ? `must have one handler of: ${kinds.join(", ")}`
      : `may not have more than one handler, but has: ${present.join(", ")}`;
  context.issues.push({ path: context.path, message });
  return undefined;
}

/** The request that a kubelet would send (pkg/probe/http/request.go); `purpose` stands in the user agent (R5). */
export function httpGetAction(
  fields: NonNullable<HandlerFields["httpGet"]>,
  purpose: "probe" | "lifecycle",
  context: ActionContext,
): HttpGetAction | undefined {
  const scheme = (fields.scheme ?? "HTTP").toLowerCase();
  if (scheme !== "http" && scheme !== "https") {
    const message = `must be HTTP or HTTPS, but is "${fields.scheme}"`;
    context.issues.push({ path: `${context.path}.httpGet.scheme`, message });
    return undefined;
  }
  const port = portOf(fields.port, `${context.path}.httpGet.port`, context);
  if (port === undefined) return undefined;
  const { headers, hostHeader } = requestHeaders(fields.httpHeaders ?? [], purpose);
  return {
    type: "httpGet",
    scheme,
    ...(fields.host ? { host: fields.host } : {}),
    port,
    path: requestTarget(fields.path ?? "/"),
    headers,
    ...(hostHeader ? { hostHeader } : {}),
  };
}

/** The connection that a probe opens. */
export function tcpSocketAction(
  fields: NonNullable<HandlerFields["tcpSocket"]>,
  context: ActionContext,
): TcpSocketAction | undefined {
  const port = portOf(fields.port, `${context.path}.tcpSocket.port`, context);
  if (port === undefined) return undefined;
  return { type: "tcpSocket", ...(fields.host ? { host: fields.host } : {}), port };
}

/** An issue, and undefined, for a command without elements. */
export function execCommand(
  fields: NonNullable<HandlerFields["exec"]>,
  context: ActionContext,
): readonly string[] | undefined {
  const command = fields.command ?? [];
  if (command.length > 0) return command;
  context.issues.push({ path: `${context.path}.exec.command`, message: "must have a command to run" });
  return undefined;
}

/**
 * A port by number, by the name of one of the container's ports, or by a number written as text, in this order
 * (pkg/probe/util.go ResolveContainerPort). An issue, and undefined, when it is none of these.
 */
export function portOf(port: number | string, path: string, context: ActionContext): number | undefined {
  const named = context.container.ports?.find(({ name }) => name !== undefined && name === port);
  const digits = typeof port === "string" && /^[+-]?\d+$/.test(port) ? Number(port) : undefined;
  const number = named?.containerPort ?? (typeof port === "number" ? port : digits);
  if (number !== undefined && number > 0 && number < 65536) return number;
  const message =
    number === undefined
      ? `the container has no port named "${port}"`
      : `must be a port from 1 to 65535, but is ${number}`;
  context.issues.push({ path, message });
  return undefined;
}

/** The kubelet parses the path as a URL and sends it with its own scheme, host and port; a fragment is never sent. */
function requestTarget(path: string): string {
  const relative = path.replace(/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?#]*/, "").replace(/#.*$/s, "");
  return relative.startsWith("/") ? relative : `/${relative}`;
}

function requestHeaders(
  stated: readonly HttpHeader[],
  purpose: string,
): { headers: readonly HttpHeader[]; hostHeader: string | undefined } {
  const first = (wanted: string) => stated.find(({ name }) => name.toLowerCase() === wanted)?.value;
  const isOf = (wanted: string) => (header: HttpHeader) => header.name.toLowerCase() === wanted;
  let headers = stated.filter((header) => !isOf("host")(header));
  if (!headers.some(isOf("user-agent"))) {
    headers = [...headers, { name: "User-Agent", value: `kube-${purpose}/1.36` }];
  }
  const accept = first("accept");
  if (accept === undefined) headers = [...headers, { name: "Accept", value: "*/*" }];
  // An empty one is how users ask for a request without it.
  else if (accept === "") headers = headers.filter((header) => !isOf("accept")(header));
  return { headers, hostHeader: first("host") };
}
