import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { type LogLine, type Pod, type ProviderHealth, silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import type { Authenticator } from "../authenticator.ts";
import type { Authorizer, NodeAccess } from "../authorizer.ts";
import { type KubeletServerOptions, startKubeletServer } from "../kubelet-server.ts";
import type { KubeletServerHost, SessionMethod } from "../kubelet-server-host.ts";
import { createSelfSignedPair } from "../self-signed-pair.ts";
import type { CertificatePair } from "../serving-certificate.ts";

export const readyPod: Pod = {
  metadata: { namespace: "a", name: "p", uid: "u" },
  spec: { containers: [{ name: "c" }, { name: "w" }] },
  status: {
    containerStatuses: [
      { name: "c", ready: true, restartCount: 0, image: "i", imageID: "", state: { running: {} } },
      { name: "w", ready: false, restartCount: 0, image: "i", imageID: "", state: { waiting: {} } },
    ],
  },
};

export const line = (text: string, extra: Partial<LogLine> = {}): LogLine => ({
  bytes: Buffer.from(text),
  ...extra,
});

export class TestHost implements KubeletServerHost {
  podList: Pod[] = [readyPod];
  health: ProviderHealth = { healthy: true };
  readLogs: KubeletServerHost["logs"] = async function* () {};

  readonly lacking = new Map<SessionMethod, string>();
  runCommand: KubeletServerHost["exec"] = async () => ({ exitCode: 0 });
  attachTo: KubeletServerHost["attach"] = async () => {};
  connectPort: KubeletServerHost["forwardPort"] = async () => {};

  pod(namespace: string, name: string): Pod | undefined {
    return this.podList.find(({ metadata }) => metadata?.namespace === namespace && metadata.name === name);
  }

  lacks(method: SessionMethod): string | undefined {
    return this.lacking.get(method);
  }

  exec(...parameters: Parameters<KubeletServerHost["exec"]>) {
    return this.runCommand(...parameters);
  }

  attach(...parameters: Parameters<KubeletServerHost["attach"]>) {
    return this.attachTo(...parameters);
  }

  forwardPort(...parameters: Parameters<KubeletServerHost["forwardPort"]>) {
    return this.connectPort(...parameters);
  }

  logs(...parameters: Parameters<KubeletServerHost["logs"]>): AsyncIterable<LogLine> {
    return this.readLogs(...parameters);
  }

  readonly nodeName = "n";
  readUsage: KubeletServerHost["usage"] = async () => ({ pods: [] });

  usage(signal: AbortSignal) {
    return this.readUsage(signal);
  }

  pods(): Iterable<Pod> {
    return this.podList;
  }

  healthy(): ProviderHealth {
    return this.health;
  }
}

/** Lets everybody in who bears the token `good`. */
export const openAuthenticator: Authenticator = {
  authenticate: async ({ authorization, verifiedSubject }) => {
    if (typeof verifiedSubject?.CN === "string") {
      return { username: verifiedSubject.CN, groups: [verifiedSubject.O ?? []].flat() };
    }
    return authorization === "Bearer good" ? { username: "tester", groups: [] } : undefined;
  },
};

export async function startTestKubelet(options: Partial<KubeletServerOptions> = {}) {
  const host = new TestHost();
  const clock = new FakeClock();
  const asked: (NodeAccess & { readonly user: string })[] = [];
  const authorizer: Authorizer = {
    authorize: async (identity, access) => {
      asked.push({ user: identity.username, ...access });
      return true;
    },
  };
  const pair = await createSelfSignedPair({
    nodeName: "n",
    addresses: ["127.0.0.1"],
    notBefore: Date.parse("2020-01-01T00:00:00Z"),
    notAfter: Date.parse("2100-01-01T00:00:00Z"),
  });
  let applyPair: ((pair: CertificatePair) => void) | undefined;
  const server = await startKubeletServer({
    host,
    certificate: {
      load: async () => pair,
      follow: async (apply) => {
        applyPair = apply;
      },
    },
    authenticator: openAuthenticator,
    authorizer,
    clock,
    logger: silentLogger,
    address: "127.0.0.1",
    port: 0,
    ...options,
  });
  return {
    host,
    clock,
    asked,
    pair,
    server,
    replaceCertificate: (next: CertificatePair) => applyPair?.(next),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

export interface TestRequest {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly client?: CertificatePair;
}

/** Sends a request and answers as soon as the head of the answer is there. */
export async function open(port: number, path: string, options: TestRequest = {}): Promise<IncomingMessage> {
  const agent = new Agent({ keepAlive: false });
  const outgoing = request({
    host: "127.0.0.1",
    port,
    path,
    method: options.method ?? "GET",
    headers: options.headers ?? { authorization: "Bearer good" },
    agent,
    rejectUnauthorized: false,
    ...(options.client === undefined ? {} : { key: options.client.key, cert: options.client.certificate }),
  });
  outgoing.end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  return response;
}

export async function fetchText(port: number, path: string, options: TestRequest = {}) {
  const response = await open(port, path, options);
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { status: response.statusCode, text, headers: response.headers };
}

/** Lets real I/O happen until `condition` holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve));
}
