import { type Kubelet, type KubeletOptions, startKubelet } from "@vkubelet/kubelet";

/** The backends that the demo can show. */
export const nodeKinds = ["local", "fargate", "batch", "nomad"] as const;
export type NodeKind = (typeof nodeKinds)[number];

/** What a node of the demo is made of. */
export interface DemoNodeOptions extends Omit<KubeletOptions, "provider"> {
  readonly kind: NodeKind;
  /** What the backend is, in words: shown to the user. */
  readonly backend: string;
  /** An image with a POSIX shell, where the backend runs images. */
  readonly image: string;
  /** Makes the provider anew for each start of the kubelet; all of them must mean the same backend. */
  readonly createProvider: () => KubeletOptions["provider"];
}

/** One virtual node: a kubelet in this process that can be stopped and started again. */
export class DemoNode {
  readonly kind: NodeKind;
  readonly name: string;
  readonly backend: string;
  readonly image: string;
  readonly #options: DemoNodeOptions;
  #kubelet: Kubelet | undefined;

  constructor(options: DemoNodeOptions) {
    this.kind = options.kind;
    this.name = options.nodeName;
    this.backend = options.backend;
    this.image = options.image;
    this.#options = options;
  }

  /** Registers the node; see `startKubelet`. */
  async start(): Promise<void> {
    const { kind, backend, image, createProvider, ...options } = this.#options;
    this.#kubelet = await startKubelet({ ...options, provider: createProvider() });
  }

  /** Ends the kubelet; pods at the backend go on. Safe to call twice. */
  async stop(): Promise<void> {
    const kubelet = this.#kubelet;
    this.#kubelet = undefined;
    await kubelet?.stop();
  }
}
