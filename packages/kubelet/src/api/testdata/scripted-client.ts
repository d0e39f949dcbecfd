import type { KubeApiClient, ListOptions, WatchOptions } from "../kube-api-client.ts";
import type { KubeObject, WatchEvent } from "../kube-object.ts";

type Step = { readonly event: WatchEvent<KubeObject> } | { readonly error: Error } | "end";

/** One watch that a reflector opened, fed by the test. */
export class ScriptedWatch {
  readonly path: string;
  readonly options: WatchOptions;
  #steps: Step[] = [];
  #wake = Promise.withResolvers<void>();

  constructor(path: string, options: WatchOptions) {
    this.path = path;
    this.options = options;
  }

  send(type: WatchEvent<KubeObject>["type"], object: KubeObject): void {
    this.#push({ event: { type, object } });
  }

  fail(error: Error): void {
    this.#push({ error });
  }

  end(): void {
    this.#push("end");
  }

  #push(step: Step): void {
    this.#steps.push(step);
    this.#wake.resolve();
  }

  async *events(): AsyncGenerator<WatchEvent<KubeObject>, void, undefined> {
    const { signal } = this.options;
    signal?.addEventListener("abort", () => this.fail(signal.reason), { once: true });
    this.options.onOpen?.();
    for (;;) {
      const step = this.#steps.shift();
      if (step === undefined) {
        this.#wake = Promise.withResolvers<void>();
        await this.#wake.promise;
      } else if (step === "end") return;
      else if ("error" in step) throw step.error;
      else yield step.event;
    }
  }
}

/** A client whose lists and watches a test scripts. */
export class ScriptedClient implements Pick<KubeApiClient, "list" | "watch"> {
  /** What lists answer by path, or the error that they throw. */
  readonly lists = new Map<string, { items: KubeObject[]; resourceVersion: string } | Error>();
  readonly listed: { readonly path: string; readonly options: ListOptions }[] = [];
  readonly watches: ScriptedWatch[] = [];
  /** Makes the next watch fail before it opens. */
  nextWatchError: Error | undefined;

  async list<T extends KubeObject>(path: string, options: ListOptions = {}) {
    options.signal?.throwIfAborted();
    this.listed.push({ path, options });
    const answer = this.lists.get(path);
    if (answer === undefined) throw new Error(`no list scripted for ${path}`);
    if (answer instanceof Error) throw answer;
    return { items: answer.items as T[], resourceVersion: answer.resourceVersion };
  }

  async *watch<T extends KubeObject>(
    path: string,
    options: WatchOptions = {},
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    const error = this.nextWatchError;
    this.nextWatchError = undefined;
    const watch = new ScriptedWatch(path, options);
    this.watches.push(watch);
    if (error !== undefined) throw error;
    yield* watch.events() as AsyncGenerator<WatchEvent<T>, void, undefined>;
  }

  /** The latest watch. */
  get last(): ScriptedWatch {
    const watch = this.watches.at(-1);
    if (watch === undefined) throw new Error("no watch came");
    return watch;
  }
}

/** Lets everything run that needs no time. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
