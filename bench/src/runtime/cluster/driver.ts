import { type ApiConnection, connectApi } from "./api-connection.ts";
import { PodCensus } from "./pod-census.ts";
import { namespace, podsPath, watchPods } from "./pod-watch.ts";

/** Creates and deletes pods on one node, and sees by one watch what becomes of them. */
export class Driver implements AsyncDisposable {
  readonly #connection: ApiConnection;
  readonly #nodeName: string;
  readonly #abort = new AbortController();
  readonly #watching: Promise<void>;
  #census = new PodCensus();
  #batch = 0;

  constructor(kubeconfig: string, nodeName: string) {
    this.#connection = connectApi(kubeconfig);
    this.#nodeName = nodeName;
    const see: PodCensus["see"] = (pod, gone) => this.#census.see(pod, gone);
    this.#watching = watchPods(this.#connection, nodeName, see, this.#abort.signal);
  }

  /** For requests about other things than pods. */
  get connection(): ApiConnection {
    return this.#connection;
  }

  /** Creates `count` pods that are bound to the node, and answers what becomes of them. */
  async create(count: number, signal: AbortSignal): Promise<PodCensus> {
    this.#census = new PodCensus();
    const census = this.#census;
    this.#batch += 1;
    const names = Array.from({ length: count }, (_, index) => `batch-${this.#batch}-pod-${index}`);
    await this.#forEach(names, async (name) => {
      const answer = await this.#connection.request("POST", podsPath, {
        body: podObject(name, this.#nodeName),
        signal,
      });
      if (answer.status !== 201)
        throw new Error(`create pod ${name}: status ${answer.status}: ${answer.text}`);
      census.bound(name);
    });
    return census;
  }

  /** Deletes pods as `kubectl delete` does, with their own grace period. */
  async delete(names: readonly string[], signal: AbortSignal): Promise<void> {
    await this.#forEach(names, async (name) => {
      const answer = await this.#connection.request("DELETE", `${podsPath}/${name}`, { signal });
      if (answer.status >= 300)
        throw new Error(`delete pod ${name}: status ${answer.status}: ${answer.text}`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort(new Error("the benchmark ends"));
    await this.#watching;
    await this.#connection[Symbol.asyncDispose]();
  }

  /** As many at a time as there are connections. */
  async #forEach(names: readonly string[], work: (name: string) => Promise<void>): Promise<void> {
    const waiting = names.values();
    const worker = async () => {
      for (const name of waiting) await work(name);
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  }
}

function podObject(name: string, nodeName: string): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app: "bench" } },
    spec: {
      nodeName,
      restartPolicy: "Never",
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      tolerations: [{ operator: "Exists" }],
      containers: [
        {
          name: "main",
          image: "registry.example/app:1.0.0",
          command: ["/usr/bin/app"],
          env: [{ name: "LEVEL", value: "info" }],
          resources: { requests: { cpu: "10m", memory: "16Mi" } },
        },
      ],
    },
  };
}
