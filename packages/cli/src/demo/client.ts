import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { Cluster, KubeObject } from "@vkubelet/cluster";

/** An answer of the API server that is no success. */
export class ApiError extends Error {
  readonly status: number;

  constructor(call: string, status: number, message: string) {
    super(`${call}: ${status} ${message}`);
    this.name = "ApiError";
    this.status = status;
  }
}

/** One change of a watched object. */
export interface ObjectChange {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: KubeObject;
}

/** How {@link Client} reaches the API server. */
export interface ClientOptions {
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
}

const requestTimeoutMs = 30_000;

const collections: Readonly<Record<string, { readonly prefix: string; readonly plural: string }>> = {
  ConfigMap: { prefix: "/api/v1", plural: "configmaps" },
  Deployment: { prefix: "/apis/apps/v1", plural: "deployments" },
  Job: { prefix: "/apis/batch/v1", plural: "jobs" },
  Namespace: { prefix: "/api/v1", plural: "namespaces" },
  Node: { prefix: "/api/v1", plural: "nodes" },
  Pod: { prefix: "/api/v1", plural: "pods" },
  Secret: { prefix: "/api/v1", plural: "secrets" },
};

/** The path of a collection or of one object. */
export function objectPath(kind: string, namespace?: string, name?: string): string {
  const found = collections[kind];
  if (found === undefined) throw new Error(`path of ${kind}: the demo knows no such kind`);
  const parts = [
    ...(namespace === undefined ? [] : ["namespaces", namespace]),
    found.plural,
    ...(name === undefined ? [] : [name]),
  ];
  return `${found.prefix}/${parts.map(encodeURIComponent).join("/")}`;
}

/** A thin client of the API server over HTTPS, as any program outside would use it. */
export class Client {
  readonly #options: ClientOptions;
  readonly #agent: Agent;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#agent = new Agent({ keepAlive: true, ca: options.caPem });
  }

  /** A client with an administrator's rights. */
  static of(cluster: Cluster): Client {
    const token = cluster.addUser("vkubelet-demo", ["system:masters"]);
    return new Client({ url: cluster.url, caPem: cluster.caPem, token });
  }

  async create(object: KubeObject): Promise<KubeObject> {
    const path = objectPath(object.kind ?? "", object.metadata.namespace);
    return JSON.parse(await this.#call("POST", path, { body: object }));
  }

  /** The object, or undefined where there is none. */
  async get(kind: string, namespace: string | undefined, name: string): Promise<KubeObject | undefined> {
    try {
      return JSON.parse(await this.#call("GET", objectPath(kind, namespace, name)));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** All objects of the kind, of one namespace or of all, in one page. */
  async list(kind: string, namespace?: string, labelSelector = ""): Promise<readonly KubeObject[]> {
    const query = labelSelector === "" ? "" : `?labelSelector=${encodeURIComponent(labelSelector)}`;
    return JSON.parse(await this.#call("GET", `${objectPath(kind, namespace)}${query}`)).items;
  }

  /** Sets `spec.replicas` through the scale subresource, as `kubectl scale` does. */
  async scale(kind: string, namespace: string, name: string, replicas: number): Promise<void> {
    await this.#call("PATCH", `${objectPath(kind, namespace, name)}/scale`, {
      body: { spec: { replicas } },
      contentType: "application/merge-patch+json",
    });
  }

  /** Asks for the deletion; an object that is not there is no error. */
  async delete(
    kind: string,
    namespace: string | undefined,
    name: string,
    gracePeriodSeconds?: number,
  ): Promise<void> {
    const body = {
      kind: "DeleteOptions",
      apiVersion: "v1",
      propagationPolicy: "Background",
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    };
    try {
      await this.#call("DELETE", objectPath(kind, namespace, name), { body });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }

  /** What `kubectl logs POD -c CONTAINER` prints. */
  log(namespace: string, pod: string, container: string): Promise<string> {
    return this.#call(
      "GET",
      `${objectPath("Pod", namespace, pod)}/log?container=${encodeURIComponent(container)}`,
    );
  }

  /** All objects of the kind as ADDED, then every change, until the signal is aborted or the server ends the watch. */
  async *watch(kind: string, signal: AbortSignal): AsyncIterable<ObjectChange> {
    const response = await this.#open("GET", `${objectPath(kind)}?watch=true`, { signal });
    let rest = "";
    for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield JSON.parse(line);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #call(
    method: string,
    path: string,
    options: { readonly body?: unknown; readonly contentType?: string } = {},
  ): Promise<string> {
    const signal = AbortSignal.timeout(requestTimeoutMs);
    return readText(await this.#open(method, path, { ...options, signal }));
  }

  /** Resolves with a response of success; others reject with the server's own message. */
  async #open(
    method: string,
    path: string,
    options: { readonly body?: unknown; readonly contentType?: string; readonly signal: AbortSignal },
  ): Promise<IncomingMessage> {
    const body = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
    const headers = {
      authorization: `Bearer ${this.#options.token}`,
      // Said outright: for a DELETE, Node sends a body without telling its length.
      ...(body === undefined ? {} : { "content-length": body.length }),
      ...(body === undefined ? {} : { "content-type": options.contentType ?? "application/json" }),
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const settings = { method, headers, agent: this.#agent, signal: options.signal };
      const outgoing = request(`${this.#options.url}${path}`, settings);
      outgoing.once("response", resolve);
      outgoing.on("error", reject);
      outgoing.end(body);
    });
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    throw new ApiError(`${method} ${path}`, status, messageOf(await readText(response)));
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) text += chunk;
  return text;
}

function messageOf(text: string): string {
  try {
    return JSON.parse(text).message ?? text;
  } catch {
    // Not every server answers JSON: its text is the message.
    return text;
  }
}
