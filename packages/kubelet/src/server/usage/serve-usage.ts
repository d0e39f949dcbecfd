import type { ServerResponse } from "node:http";
import { type NodeUsage, providerErrorEffects, toProviderError } from "@vkubelet/core";
import { answerJson, answerText } from "../http-answer.ts";
import type { ServingContext } from "../kubelet-server-host.ts";
import { metricsContentType, renderResourceMetrics, renderScrapeError } from "./resource-metrics.ts";
import { statsSummary } from "./stats-summary.ts";

/** `/metrics/resource` and `/stats/summary`. */
export async function serveUsage(
  kind: "resource-metrics" | "stats-summary",
  query: URLSearchParams,
  response: ServerResponse,
  { host, logger }: ServingContext,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort(new Error("the client has gone")));
  let usage: NodeUsage;
  try {
    usage = await host.usage(gone.signal);
  } catch (error) {
    if (gone.signal.aborted) return;
    const failure = toProviderError(error);
    if (failure.code === "Unsupported") {
      answerText(response, providerErrorEffects.Unsupported.httpStatus, failure.message);
      return;
    }
    logger.warn("the usage of pods cannot be told", { error: failure.message });
    if (kind === "resource-metrics") answerMetrics(response, renderScrapeError(true));
    else answerText(response, 500, failure.message);
    return;
  }
  if (kind === "resource-metrics") {
    answerMetrics(response, renderResourceMetrics(usage));
    return;
  }
  const onlyCpuAndMemory = query.get("only_cpu_and_memory") === "true";
  answerJson(response, statsSummary(usage, { nodeName: host.nodeName, onlyCpuAndMemory }));
}

function answerMetrics(response: ServerResponse, text: string): void {
  response.writeHead(200, { "content-type": metricsContentType });
  response.end(text);
}
