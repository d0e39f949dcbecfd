import type { IncomingMessage } from "node:http";
import { pipeline } from "node:stream/promises";
import type { Json, KubeObject } from "../api/objects.ts";
import { badRequest, StatusError } from "../api/status-error.ts";
import type { Exchange } from "../http/exchange.ts";
import type { ResourceRequest } from "../http/request-info.ts";
import type { Services } from "../http/services.ts";

const passedOn = [
  "follow",
  "previous",
  "timestamps",
  "sinceSeconds",
  "sinceTime",
  "tailLines",
  "limitBytes",
  "stream",
];
const errorTextLimit = 64 * 1024;

/** The container whose log is meant. @throws StatusError 400 */
export function logContainer(pod: KubeObject, asked: string | null): string {
  const names = (list: Json[] | undefined) => (list ?? []).map(({ name }) => name as string);
  const { containers, initContainers, ephemeralContainers } = pod.spec;
  const all = [...names(initContainers), ...names(containers), ...names(ephemeralContainers)];
  const { name } = pod.metadata;
  if (asked) {
    if (all.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${name}`);
  }
  const preferred = pod.metadata.annotations?.["kubectl.kubernetes.io/default-container"];
  if (preferred && all.includes(preferred)) return preferred;
  const [only] = names(containers);
  if (only !== undefined && all.length === 1) return only;
  const init = names(initContainers);
  const extra = init.length > 0 ? ` or one of the init containers: [${init.join(" ")}]` : "";
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${names(containers).join(" ")}]${extra}`,
  );
}

async function errorText(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    text += chunk.toString("utf8");
    if (text.length > errorTextLimit) break;
  }
  return text.trim();
}

/** Proxies a pod's log from the kubelet of its node, as it comes and with back-pressure. */
export async function handlePodLog(
  services: Services,
  exchange: Exchange,
  { type, namespace, name = "" }: ResourceRequest,
): Promise<void> {
  const { registry, kubelets } = services;
  const pod = registry.get(type, namespace, name);
  const container = logContainer(pod, exchange.query.get("container"));
  // A pod that no node has yet has no log either: the API server answers with nothing.
  if (!pod.spec.nodeName) {
    exchange.response.writeHead(200, { "content-type": "text/plain" }).end();
    return;
  }
  const node = registry.get(registry.types.require("", "nodes"), undefined, pod.spec.nodeName);
  const query = new URLSearchParams();
  for (const key of passedOn) {
    const value = exchange.query.get(key);
    if (value !== null)
      query.set(key, value === "1" && ["follow", "previous", "timestamps"].includes(key) ? "true" : value);
  }
  const parts = [namespace ?? "", name, container].map(encodeURIComponent).join("/");
  const answer = await kubelets.get(
    node,
    `/containerLogs/${parts}${query.size > 0 ? `?${query}` : ""}`,
    exchange.signal,
  );
  const code = answer.statusCode ?? 500;
  if (code >= 300) throw kubeletError(code, await errorText(answer), name);
  exchange.response.writeHead(200, { "content-type": "text/plain", "cache-control": "no-cache, private" });
  exchange.response.flushHeaders();
  try {
    await pipeline(answer, exchange.response, { signal: exchange.signal });
  } catch (error) {
    if (!exchange.signal.aborted) throw error;
  }
}

function kubeletError(code: number, text: string, name: string): StatusError {
  switch (code) {
    case 400:
      return badRequest(text);
    case 404:
      return new StatusError(
        404,
        "NotFound",
        `the server could not find the requested resource ( pods/log ${name}): ${text}`,
        { name, kind: "pods/log" },
      );
    case 401:
    case 403:
      return new StatusError(
        500,
        "InternalError",
        `Internal error occurred: Authorization error at the kubelet (${code}): ${text}`,
      );
    default:
      return new StatusError(
        500,
        "InternalError",
        `an error on the server (${JSON.stringify(text)}) has prevented the request from succeeding ( pods/log ${name})`,
        { name, kind: "pods/log" },
      );
  }
}
