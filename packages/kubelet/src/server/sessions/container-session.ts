import {
  type ContainerRef,
  providerErrorEffects,
  type SessionStreams,
  toProviderError,
} from "@vkubelet/core";
import {
  acceptSpdyCommand,
  acceptWebSocketCommand,
  type CommandOutcome,
  chooseSpdyProtocol,
  chooseWebSocketProtocol,
  commandProtocolNames,
  commandProtocols,
  grantSpdy,
  grantWebSocket,
  type RemoteCommandSession,
  type RequestedStreams,
  requestedStreams,
  spdyCommandProtocols,
  upgradeKindOf,
} from "@vkubelet/streaming";
import { answerRefusal, answerText } from "../http-answer.ts";
import type { ServingContext } from "../kubelet-server-host.ts";
import type { ContainerTarget } from "../targets.ts";
import { findContainer } from "./find-target.ts";
import { streamCreationMs, type UpgradingRequest } from "./upgrading-request.ts";

/** A request for exec or attach. */
export interface ContainerSessionRequest {
  readonly kind: "exec" | "attach";
  readonly target: ContainerTarget;
  readonly query: URLSearchParams;
}

/** Serves exec and attach on a connection that is to be upgraded. Resolves when the session is over. */
export async function serveContainerSession(
  { kind, target, query }: ContainerSessionRequest,
  upgrading: UpgradingRequest,
  context: ServingContext,
): Promise<void> {
  const { response } = upgrading;
  const requested = requestedStreams(query);
  if (requested === undefined) {
    answerText(response, 400, "you must specify at least 1 of stdin, stdout, stderr");
    return;
  }
  const command = query.getAll("command");
  if (kind === "exec" && command.length === 0) {
    answerText(response, 400, "you must specify a command");
    return;
  }
  const found = findContainer(context.host, target, kind);
  if ("refusal" in found) {
    answerRefusal(response, found.refusal);
    return;
  }
  const session = await acceptSession(upgrading, requested, context);
  if (session === undefined) return;
  const outcome = await runSession(kind, found.ref, command, session, context);
  await session.finish(outcome);
}

/** Undefined when the request was refused, or the client did not go on. */
async function acceptSession(
  { request, response, socket, head }: UpgradingRequest,
  requested: RequestedStreams,
  { clock, logger }: ServingContext,
): Promise<RemoteCommandSession | undefined> {
  const kind = upgradeKindOf(request);
  if (kind === undefined) {
    answerText(response, 400, "unable to upgrade: missing upgrade headers in request");
    return undefined;
  }
  if (kind === "websocket") {
    const protocol = chooseWebSocketProtocol(request, commandProtocolNames);
    if (typeof protocol !== "string") {
      answerRefusal(response, protocol);
      return undefined;
    }
    response.detachSocket(request.socket);
    const webSocket = await grantWebSocket(request, socket, head, protocol);
    return acceptWebSocketCommand(webSocket, commandProtocols[protocol], requested);
  }
  const protocol = chooseSpdyProtocol(request, spdyCommandProtocols);
  if (typeof protocol !== "string") {
    answerRefusal(response, protocol);
    return undefined;
  }
  response.detachSocket(request.socket);
  grantSpdy(socket, protocol);
  const patience = new AbortController();
  const settled = new AbortController();
  clock.sleep(streamCreationMs, settled.signal).then(
    () => patience.abort(),
    () => {},
  );
  try {
    return await acceptSpdyCommand(socket, { head, clock, protocol, requested, patience: patience.signal });
  } catch (error) {
    logger.debug("a session was not begun", { error: (error as Error).message });
    return undefined;
  } finally {
    settled.abort();
  }
}

async function runSession(
  kind: "exec" | "attach",
  ref: ContainerRef,
  command: readonly string[],
  session: RemoteCommandSession,
  { host, logger }: ServingContext,
): Promise<CommandOutcome> {
  const verb = kind === "exec" ? "executing command in" : "attaching to";
  try {
    return { kind: "exited", exitCode: await run(kind, ref, command, session.streams, session.signal, host) };
  } catch (error) {
    const failure = toProviderError(error);
    if (!session.signal.aborted && providerErrorEffects[failure.code].httpStatus >= 500) {
      logger.warn(`${kind} failed`, { ...ref, error: failure.message });
    }
    return { kind: "failed", message: `error ${verb} container: ${failure.message}` };
  }
}

async function run(
  kind: "exec" | "attach",
  ref: ContainerRef,
  command: readonly string[],
  streams: SessionStreams,
  signal: AbortSignal,
  host: ServingContext["host"],
): Promise<number> {
  if (kind === "exec") return (await host.exec(ref, command, streams, signal)).exitCode;
  await host.attach(ref, streams, signal);
  return 0;
}
