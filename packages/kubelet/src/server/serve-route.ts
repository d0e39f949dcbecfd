import type { ServerResponse } from "node:http";
import type { Pod } from "@vkubelet/core";
import type { AdmittedRequest } from "./admit-request.ts";
import { serveContainerLogs } from "./container-logs.ts";
import { answerJson, answerText, writeChunk } from "./http-answer.ts";
import type { KubeletServerHost, ServingContext } from "./kubelet-server-host.ts";
import { healthChecks, type Route } from "./routes.ts";
import { serveRun } from "./run-command.ts";
import { runningPods } from "./running-pods.ts";
import { isSessionRoute, sessionMethods } from "./sessions/serve-session.ts";
import { serveUsage } from "./usage/serve-usage.ts";

/** Answers an admitted request. */
export async function serveRoute(
  { route, method, query }: AdmittedRequest,
  response: ServerResponse,
  context: ServingContext,
): Promise<void> {
  if (route.kind === "unknown") {
    answerText(response, 404, "404 page not found");
    return;
  }
  const methods = methodsOf(route);
  if (!methods.includes(method)) {
    answerText(response, 405, "Method Not Allowed", { allow: methods.join(", ") });
    return;
  }
  switch (route.kind) {
    case "exec":
    case "attach":
    case "port-forward":
      answerText(response, 400, "unable to upgrade: missing upgrade headers in request");
      return;
    case "unsupported":
      answerText(response, 501, `vkubelet does not implement ${route.what}`);
      return;
    case "container-logs":
      await serveContainerLogs(route.target, query, response, context);
      return;
    case "run":
      await serveRun(route.target, query, response, context);
      return;
    case "running-pods":
      answerJson(response, runningPods(context.host.pods()));
      return;
    case "resource-metrics":
    case "stats-summary":
      await serveUsage(route.kind, query, response, context);
      return;
    case "pods":
      await servePods(context.host.pods(), response);
      return;
    case "healthz":
      serveHealth(context.host, route.check, query.has("verbose"), response);
      return;
  }
}

function methodsOf(route: Route): readonly string[] {
  if (route.kind === "unsupported") return route.methods;
  if (route.kind === "run") return ["POST"];
  return isSessionRoute(route) ? sessionMethods : ["GET"];
}

/** A PodList, written pod by pod: with thousands of them the whole text need not be in memory. */
async function servePods(pods: Iterable<Pod>, response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-type": "application/json" });
  let separator = '{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[';
  try {
    for (const pod of pods) {
      await writeChunk(response, separator + JSON.stringify(pod));
      separator = ",";
    }
  } catch (error) {
    if (response.destroyed) return;
    throw error;
  }
  response.end(`${separator === "," ? "" : separator}]}`);
}

/** The kubelet's own form: `ok`, or one line a check and 500. */
function serveHealth(
  host: KubeletServerHost,
  check: string | undefined,
  verbose: boolean,
  response: ServerResponse,
): void {
  const health = host.healthy();
  const failed = (name: string) => name === "syncloop" && !health.healthy;
  const checks = check === undefined ? healthChecks : [check];
  const works = !checks.some(failed);
  if (works && !verbose) {
    answerText(response, 200, "ok");
    return;
  }
  const why = health.message ?? health.reason ?? "the runtime does not say why";
  const lines = checks.map((name) => (failed(name) ? `[-]${name} failed: ${why}` : `[+]${name} ok`));
  answerText(
    response,
    works ? 200 : 500,
    [...lines, `healthz check ${works ? "passed" : "failed"}`].join("\n"),
  );
}
