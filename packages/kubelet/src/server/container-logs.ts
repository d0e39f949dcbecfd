import type { ServerResponse } from "node:http";
import {
  type Clock,
  isProviderError,
  type Logger,
  providerErrorEffects,
  toProviderError,
} from "@vkubelet/core";
import { lookupContainerInPod, lookupFailure } from "./container-lookup.ts";
import { answerText, writeChunk } from "./http-answer.ts";
import type { ServingContext } from "./kubelet-server-host.ts";
import { formatLogs } from "./log-format.ts";
import { type LogRequest, parseLogRequest } from "./log-request.ts";
import { readLogLines } from "./log-source.ts";
import type { ContainerTarget } from "./targets.ts";

/**
 * How long the answer waits for the first line or error. After that it begins without one, so that a reader who
 * follows a quiet container knows that it is connected.
 */
const firstLineMs = 250;

/** `GET /containerLogs/{namespace}/{pod}/{container}`: see the kubelet's route of that name. Never rejects. */
export async function serveContainerLogs(
  target: ContainerTarget,
  query: URLSearchParams,
  response: ServerResponse,
  context: ServingContext,
): Promise<void> {
  const parsed = parseLogRequest(query, context.clock.now());
  if ("refusal" in parsed) {
    answerText(response, parsed.refusal.status, parsed.refusal.text);
    return;
  }
  const { request } = parsed;
  const { namespace, pod, container } = target;
  const gone = new AbortController();
  const onClose = () => gone.abort(new Error("the reader has gone"));
  response.once("close", onClose);
  try {
    const lookup = lookupContainerInPod(context.host.pod(namespace, pod), container, request);
    if (lookup.kind !== "ready") {
      const failure = lookupFailure(lookup, pod, container);
      answerText(response, failure.status, failure.text);
      return;
    }
    const { timestamps: _, ...options } = request;
    const lines = readLogLines(context.host, lookup.ref, options, gone.signal);
    await sendLogs(formatLogs(lines, request), response, context.clock);
  } catch (error) {
    if (gone.signal.aborted) return;
    answerFailure(error, target, request, response, context.logger);
  } finally {
    response.off("close", onClose);
    gone.abort(new Error("the answer is complete"));
  }
}

async function sendLogs(
  chunks: AsyncGenerator<Uint8Array, void, undefined>,
  response: ServerResponse,
  clock: Clock,
): Promise<void> {
  const first = chunks.next();
  let pending = true;
  const settled = first.then(
    () => {
      pending = false;
    },
    // Thrown again where it is awaited below; as long as the answer has not begun it gets a status of its own.
    () => {
      pending = false;
    },
  );
  const patience = new AbortController();
  await Promise.race([settled, clock.sleep(firstLineMs, patience.signal).catch(() => {})]);
  patience.abort();
  if (pending) beginAnswer(response);
  try {
    let result = await first;
    if (!response.headersSent) beginAnswer(response);
    while (!result.done) {
      await writeChunk(response, result.value);
      result = await chunks.next();
    }
  } finally {
    await chunks.return();
  }
  response.end();
}

function beginAnswer(response: ServerResponse): void {
  response.writeHead(200, {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
  });
  response.flushHeaders();
}

function answerFailure(
  error: unknown,
  target: ContainerTarget,
  request: LogRequest,
  response: ServerResponse,
  logger: Logger,
): void {
  const failure = toProviderError(error);
  if (response.headersSent) {
    // Too late for a status: an answer that breaks off is the only way left to say that it is not complete.
    logger.warn("logs broke off", { ...target, error: failure.message });
    response.destroy();
    return;
  }
  if (!isProviderError(error)) logger.error("logs failed", { ...target, error: failure.message });
  if (request.previous && failure.code === "NotFound") {
    const { status, text } = lookupFailure({ kind: "no-previous" }, target.pod, target.container);
    answerText(response, status, text);
    return;
  }
  answerText(response, providerErrorEffects[failure.code].httpStatus, failure.message);
}
