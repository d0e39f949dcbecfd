import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";

/** A Kubernetes object or Status as JSON, as far as a test reads it. */
// biome-ignore lint/suspicious/noExplicitAny: test objects are read by path, and a wrong path fails the comparison.
export type AnyObject = any;

/** An answer of an API server. */
export interface ApiAnswer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AnyObject;
}

/** How one request differs from a plain one. */
export interface RequestOptions {
  readonly contentType?: string;
  /** The user in whose name the request is made. */
  readonly as?: { readonly user: string; readonly groups?: readonly string[] };
  readonly token?: string;
  /** Representation of the answer; default JSON. */
  readonly accept?: string;
}

const groups: Readonly<Record<string, string>> = {
  deployments: "apis/apps/v1",
  replicasets: "apis/apps/v1",
  statefulsets: "apis/apps/v1",
  daemonsets: "apis/apps/v1",
  controllerrevisions: "apis/apps/v1",
  jobs: "apis/batch/v1",
  cronjobs: "apis/batch/v1",
  leases: "apis/coordination.k8s.io/v1",
  poddisruptionbudgets: "apis/policy/v1",
  ingresses: "apis/networking.k8s.io/v1",
  ingressclasses: "apis/networking.k8s.io/v1",
  networkpolicies: "apis/networking.k8s.io/v1",
  endpointslices: "apis/discovery.k8s.io/v1",
  storageclasses: "apis/storage.k8s.io/v1",
  csidrivers: "apis/storage.k8s.io/v1",
  csinodes: "apis/storage.k8s.io/v1",
  volumeattachments: "apis/storage.k8s.io/v1",
  runtimeclasses: "apis/node.k8s.io/v1",
  csistoragecapacities: "apis/storage.k8s.io/v1",
  priorityclasses: "apis/scheduling.k8s.io/v1",
  tokenreviews: "apis/authentication.k8s.io/v1",
  subjectaccessreviews: "apis/authorization.k8s.io/v1",
  selfsubjectrulesreviews: "apis/authorization.k8s.io/v1",
  roles: "apis/rbac.authorization.k8s.io/v1",
  rolebindings: "apis/rbac.authorization.k8s.io/v1",
  clusterroles: "apis/rbac.authorization.k8s.io/v1",
  clusterrolebindings: "apis/rbac.authorization.k8s.io/v1",
};

/** `namespaces/NS/pods/NAME/status` with the root of its group version before it. */
export function pathOf(resource: string, namespace?: string, ...rest: readonly string[]): string {
  const root = groups[resource] ?? "api/v1";
  const scope = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return [`/${root}${scope}/${resource}`, ...rest].join("/");
}

/** Plain requests to an API server, to be read to the last field. */
export class ApiClient {
  readonly #server: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(config: KubeConfig) {
    const cluster = config.getCurrentCluster();
    this.#server = cluster?.server ?? "";
    this.#token = config.getCurrentUser()?.token ?? "";
    const ca = Buffer.from(cluster?.caData ?? "", "base64").toString();
    this.#agent = new Agent({ keepAlive: true, maxSockets: 16, ca });
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    {
      contentType = "application/json",
      as,
      token = this.#token,
      accept = "application/json",
    }: RequestOptions = {},
  ): Promise<ApiAnswer> {
    const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    const sent = request(this.#server + path, {
      method,
      agent: this.#agent,
      headers: {
        authorization: `Bearer ${token}`,
        accept,
        "content-type": contentType,
        "content-length": Buffer.byteLength(text ?? ""),
        ...(as ? { "impersonate-user": as.user, "impersonate-group": [...(as.groups ?? [])] } : {}),
      },
    });
    sent.end(text);
    let response: IncomingMessage;
    try {
      [response] = await once(sent, "response");
    } catch (error) {
      // A kept connection that the server closed when the request was under way (Node's own advice for agents).
      if (sent.reusedSocket && (error as NodeJS.ErrnoException).code === "ECONNRESET")
        return this.call(method, path, body, { contentType, token, accept, ...(as ? { as } : {}) });
      throw error;
    }
    let received = "";
    for await (const chunk of response.setEncoding("utf8")) received += chunk;
    return { code: response.statusCode ?? 0, headers: response.headers, body: parsed(received) };
  }

  /** The body of a request that has to succeed. */
  async send(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<AnyObject> {
    const answer = await this.call(method, path, body, options);
    if (answer.code >= 300)
      throw new Error(`${method} ${path}: ${answer.code} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  get(path: string): Promise<AnyObject> {
    return this.send("GET", path);
  }

  post(path: string, body: unknown): Promise<AnyObject> {
    return this.send("POST", path, body);
  }

  /** A merge patch. */
  patch(path: string, body: unknown): Promise<AnyObject> {
    return this.send("PATCH", path, body, { contentType: "application/merge-patch+json" });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function parsed(text: string): AnyObject {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
