import { Agent, request } from "node:https";
import type { Pod } from "@vkubelet/core";
import type { ControlPlane, ControlPlaneOptions } from "@vkubelet-tools/peers";

/** What the API server says to a request: an empty `message` where it agrees, else why not with the HTTP `status`. */
export interface ApiAnswer {
  readonly status: number;
  readonly message: string;
  readonly content: Pod;
}

/** Requests to a real API server, most of which leave nothing behind. */
export interface DryRunApi {
  /** Makes the objects by the name `sample` that admission looks for when a pod names them. */
  createNamed(): Promise<void>;
  create(path: string, body: unknown): Promise<Pod>;
  /** A dry run; unknown fields are refused unless `unknownFields` is Ignore. */
  tryRequest(
    method: "POST" | "PUT",
    path: string,
    body: unknown,
    unknownFields?: "Strict" | "Ignore",
  ): Promise<ApiAnswer>;
  /** A dry run of creating a pod, under a name of its own. */
  tryPod(pod: Pod, unknownFields?: "Strict" | "Ignore"): Promise<ApiAnswer>;
  close(): void;
}

/** A server that takes privileged containers, and an alpha field that it would drop otherwise. */
export const sampleServer: ControlPlaneOptions = {
  scheduler: false,
  extraArguments: {
    apiServer: ["--allow-privileged=true", "--feature-gates=ContainerStopSignals=true"],
  },
};

export const podsPath = "/api/v1/namespaces/default/pods";

export function openDryRunApi(controlPlane: ControlPlane): DryRunApi {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const headers = {
    authorization: `Bearer ${controlPlane.token("admin")}`,
    "content-type": "application/json",
  };
  const send = (method: string, path: string, body: unknown) =>
    new Promise<ApiAnswer>((resolve, reject) => {
      const options = { method, headers, agent, ca: controlPlane.caPem };
      const sent = request(controlPlane.server + path, options, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => {
          const content = JSON.parse(text);
          const status = response.statusCode ?? 500;
          resolve({ status, message: status < 300 ? "" : content.message, content });
        });
      });
      sent.on("error", reject);
      sent.end(JSON.stringify(body));
    });
  const create: DryRunApi["create"] = async (path, body) => {
    const { message, content } = await send("POST", path, body);
    if (message !== "") throw new Error(`create at ${path}: ${message}`);
    return content;
  };
  const tryRequest: DryRunApi["tryRequest"] = (method, path, body, unknownFields = "Strict") =>
    send(method, `${path}?dryRun=All&fieldValidation=${unknownFields}`, body);
  return {
    create,
    tryRequest,
    async createNamed() {
      const metadata = { name: "sample" };
      const overhead = { podFixed: { cpu: "100m" } };
      await create("/api/v1/namespaces/default/serviceaccounts", { metadata });
      await create("/apis/scheduling.k8s.io/v1/priorityclasses", {
        metadata,
        value: 7,
        preemptionPolicy: "Never",
      });
      await create("/apis/node.k8s.io/v1/runtimeclasses", { metadata, handler: "sample", overhead });
    },
    tryPod: (pod, unknownFields) =>
      tryRequest("POST", podsPath, { ...pod, metadata: { generateName: "sample-" } }, unknownFields),
    close: () => agent.destroy(),
  };
}

/** Runs `work` for every item, as many at a time as the API server is given connections. */
export async function eightAtOnce<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
