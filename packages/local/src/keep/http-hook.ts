import { type ClientRequest, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { HookAction } from "@vkubelet/pod";

type HttpGet = Extract<HookAction, { type: "httpGet" }>;

/**
 * Sends a hook's request; any response is success, even 500, and https that is answered in plain http is asked again over
 * http (pod-semantics G10). Certificates are not checked, as by the kubelet. Throws when there is no response.
 */
export async function callHook(action: HttpGet, address: string, signal: AbortSignal): Promise<void> {
  try {
    await send(action, address, signal);
  } catch (error) {
    if (action.scheme !== "https" || !isNoTls(error)) throw error;
    await send({ ...action, scheme: "http" }, address, signal);
  }
}

function send(action: HttpGet, address: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const options = {
    host: action.host ?? address,
    port: action.port,
    path: action.path,
    headers: [
      "Host",
      action.hostHeader ?? hostHeader(action.host ?? address, action.port),
      ...action.headers.flatMap(({ name, value }) => [name, value]),
    ],
    agent: false,
    signal,
  } as const;
  const request: ClientRequest =
    action.scheme === "https"
      ? requestHttps({ ...options, rejectUnauthorized: false })
      : requestHttp(options);
  request.once("response", (response) => {
    response.destroy();
    resolve();
  });
  request.once("error", reject);
  request.end();
  return promise;
}

function hostHeader(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether the peer answered, but not in TLS. */
function isNoTls(error: unknown): boolean {
  const code = String((error as { code?: unknown }).code);
  return code === "EPROTO" || code.startsWith("ERR_SSL_");
}
