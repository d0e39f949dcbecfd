import { toProviderError } from "@vkubelet/core";
import {
  chooseSpdyProtocol,
  chooseWebSocketProtocol,
  type ForwardConnection,
  grantSpdy,
  grantWebSocket,
  maxForwardedPorts,
  portForwardProtocolNames,
  portForwardProtocols,
  servePortForward,
  serveWebSocketPortForward,
  spdyPortForwardProtocol,
  tunnelProtocol,
  upgradeKindOf,
} from "@vkubelet/streaming";
import { createWebSocketStream } from "ws";
import { answerRefusal, answerText } from "../http-answer.ts";
import type { ServingContext } from "../kubelet-server-host.ts";
import type { PodTarget } from "../targets.ts";
import { findPod } from "./find-target.ts";
import type { UpgradingRequest } from "./upgrading-request.ts";

/** A request for port-forward. */
export interface PortForwardRequest {
  readonly target: PodTarget;
  readonly query: URLSearchParams;
}

/** Serves port-forward on a connection that is to be upgraded. Resolves when the session is over. */
export async function servePortForwardSession(
  { target, query }: PortForwardRequest,
  upgrading: UpgradingRequest,
  { host, clock }: ServingContext,
): Promise<void> {
  const { request, response, socket, head } = upgrading;
  const found = findPod(host, target, "forwardPort");
  if ("refusal" in found) return answerRefusal(response, found.refusal);
  const kind = upgradeKindOf(request);
  if (kind === undefined) {
    answerText(response, 400, "unable to upgrade: missing upgrade headers in request");
    return;
  }
  const forward: ForwardConnection = (port, connection, signal) =>
    host.forwardPort(found.ref, port, connection, signal);
  const describeError = (port: number, error: unknown) =>
    `error forwarding port ${port} to pod ${target.namespace}/${target.pod}: ${toProviderError(error).message}`;
  if (kind === "spdy") {
    const protocol = chooseSpdyProtocol(request, [spdyPortForwardProtocol]);
    if (typeof protocol !== "string") return answerRefusal(response, protocol);
    response.detachSocket(request.socket);
    grantSpdy(socket, protocol);
    return servePortForward(socket, { head, clock, forward, describeError });
  }
  const protocol = chooseWebSocketProtocol(request, portForwardProtocolNames);
  if (typeof protocol !== "string") return answerRefusal(response, protocol);
  const form = protocol === tunnelProtocol ? undefined : portForwardProtocols[protocol];
  const ports = form === undefined ? [] : forwardedPorts(query, maxForwardedPorts(form));
  if (typeof ports === "string") {
    answerText(response, 400, ports);
    return;
  }
  response.detachSocket(request.socket);
  const webSocket = await grantWebSocket(request, socket, head, protocol);
  if (form === undefined) {
    // A SPDY session whose bytes are the messages of a WebSocket.
    return servePortForward(createWebSocketStream(webSocket), { clock, forward, describeError });
  }
  return serveWebSocketPortForward(webSocket, { ports, form, forward, describeError });
}

/** The ports of a request over WebSocket channels, or what is wrong with them. */
function forwardedPorts(query: URLSearchParams, max: number): readonly number[] | string {
  const texts = query.getAll("port").flatMap((text) => text.split(","));
  if (texts.length === 0) return `query parameter "port" is required`;
  if (texts.length > max) return `more than ${max} ports; open another connection for the rest`;
  const ports = texts.map(Number);
  const wrong = texts.find((_, index) => !isPort(ports[index]));
  return wrong === undefined ? ports : `port ${JSON.stringify(wrong)} is not a number from 1 to 65535`;
}

function isPort(port: number | undefined): boolean {
  return port !== undefined && Number.isInteger(port) && port > 0 && port <= 0xffff;
}
