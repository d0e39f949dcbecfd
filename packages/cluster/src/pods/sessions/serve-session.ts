import type { Duplex } from "node:stream";
import {
  acceptWebSocketCommand,
  chooseWebSocketProtocol,
  commandProtocolNames,
  commandProtocols,
  grantWebSocket,
  openSpdyCommand,
  portForwardProtocolNames,
  requestedStreams,
  spdyCommandProtocols,
  spdyPortForwardProtocol,
  tunnelProtocol,
  upgradeKindOf,
} from "@vkubelet/streaming";
import { createWebSocketStream, type WebSocket } from "ws";
import type { KubeObject } from "../../api/objects.ts";
import { badRequest } from "../../api/status-error.ts";
import { authorize } from "../../http/authorize.ts";
import type { ClientUpgrade, Exchange } from "../../http/exchange.ts";
import type { ResourceRequest } from "../../http/request-info.ts";
import type { Services } from "../../http/services.ts";
import { join, proxySession } from "./proxy-session.ts";
import { type SessionSubresource, sessionPath } from "./session-target.ts";
import { translateCommand } from "./translate-command.ts";

const translated = "v5.channel.k8s.io";

/** Serves exec, attach and portforward of a pod by the kubelet of its node, as an API server does. @throws StatusError */
export async function servePodSession(
  services: Services,
  exchange: Exchange,
  { type, namespace, name = "", subresource }: ResourceRequest,
): Promise<void> {
  const { registry, kubelets } = services;
  const kind = subresource as SessionSubresource;
  const protocol = upgradeKindOf(exchange.request);
  if (protocol === "websocket") {
    // Whoever may only read must not open sessions, though WebSockets come by GET.
    const asked = { verb: "create", group: "", resource: type.plural, subresource: kind, name };
    authorize(services, exchange.user, { ...asked, ...(namespace === undefined ? {} : { namespace }) });
  }
  const pod = registry.get(type, namespace, name);
  const path = sessionPath(kind, pod, exchange.query);
  const { upgrade, request } = exchange;
  if (upgrade === undefined || protocol === undefined) throw badRequest("Upgrade request required");
  const node = registry.get(registry.types.require("", "nodes"), undefined, pod.spec.nodeName);
  const spdy = (protocols: readonly string[]) =>
    kubelets.upgrade(node, {
      method: "POST",
      path,
      headers: {
        connection: "Upgrade",
        upgrade: "SPDY/3.1",
        "content-length": "0",
        "x-stream-protocol-version": [...protocols],
      },
    });
  const chosen = protocol === "websocket" ? chosenOf(exchange, kind) : undefined;
  if (chosen === translated && kind !== "portforward" && !takesWebSockets(node)) {
    const requested = requestedStreams(exchange.query);
    if (requested === undefined) throw badRequest("you must specify at least 1 of stdin, stdout, stderr");
    const { socket, head } = await spdy(spdyCommandProtocols);
    const webSocket = await accept(exchange, upgrade, translated, socket);
    const client = await acceptWebSocketCommand(webSocket, commandProtocols[translated], requested);
    await translateCommand(client, await openSpdyCommand(socket, requested, { head }));
    return;
  }
  if (chosen === tunnelProtocol && !takesWebSockets(node)) {
    const { socket, head } = await spdy([spdyPortForwardProtocol]);
    const tunnel = createWebSocketStream(await accept(exchange, upgrade, tunnelProtocol, socket));
    if (head.length > 0) tunnel.write(head);
    join(tunnel, socket);
    return;
  }
  const { authorization: _, host: __, ...headers } = request.headers;
  const kubelet = await kubelets.upgrade(node, { method: request.method ?? "GET", path, headers });
  detach(exchange);
  proxySession(upgrade, kubelet);
}

/** The sub-protocol that a WebSocket client gets; one that is unknown here is for the kubelet to judge. */
function chosenOf({ request }: Exchange, kind: SessionSubresource): string | undefined {
  const offered: readonly string[] = kind === "portforward" ? portForwardProtocolNames : commandProtocolNames;
  const chosen = chooseWebSocketProtocol(request, offered);
  return typeof chosen === "string" ? chosen : undefined;
}

/** Whether the node's kubelet is to get WebSockets as they come. */
function takesWebSockets(node: KubeObject): boolean {
  const features: readonly string[] = node.status?.declaredFeatures ?? [];
  return features.includes("ExtendWebSocketsToKubelet");
}

/** Grants the client its WebSocket; when that fails, nobody needs the connection to the kubelet any more. */
async function accept(
  exchange: Exchange,
  { socket, head }: ClientUpgrade,
  protocol: string,
  kubelet: Duplex,
): Promise<WebSocket> {
  detach(exchange);
  try {
    return await grantWebSocket(exchange.request, socket, head, protocol);
  } catch (error) {
    kubelet.destroy();
    throw error;
  }
}

/** From here on the connection is no longer one of HTTP. */
function detach({ request, response }: Exchange): void {
  response.detachSocket(request.socket);
}
