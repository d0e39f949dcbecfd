import type { RunningProcess } from "../child-process.ts";

/** What can be done to the API server and the storage of a control plane. */
export interface ControlPlaneFaults {
  /** Holds the API server: connections stay open, and nothing is answered. */
  pause(): void;
  /** Lets it go on. */
  resume(): void;
  /** Ends the API server without warning; its connections break. */
  kill(): Promise<void>;
  /** Starts it again at the same address and on the same storage. */
  restart(): Promise<void>;
  /** Makes the storage forget the past. A running API server still remembers what it has in memory. */
  compact(): Promise<void>;
}

/** A process that may be killed and started again. */
export class RestartableProcess {
  readonly #start: () => Promise<RunningProcess>;
  #running: RunningProcess;

  private constructor(start: () => Promise<RunningProcess>, running: RunningProcess) {
    this.#start = start;
    this.#running = running;
  }

  static async start(start: () => Promise<RunningProcess>): Promise<RestartableProcess> {
    return new RestartableProcess(start, await start());
  }

  get name(): string {
    return this.#running.name;
  }

  /** That of the process as it runs now. */
  get pid(): number {
    return this.#running.pid;
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.#running.pid, signal);
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#running.exited;
    await this.#running.stop();
  }

  async restart(): Promise<void> {
    this.#running = await this.#start();
  }

  stop(): Promise<void> {
    return this.#running.stop();
  }
}

export function controlPlaneFaults(apiServer: RestartableProcess, etcdPort: number): ControlPlaneFaults {
  const etcd = async (path: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${etcdPort}/v3/kv/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`etcd ${path} failed: ${answer.status} ${await answer.text()}`);
    return answer.json() as Promise<{ readonly header: { readonly revision: string } }>;
  };
  return {
    pause: () => apiServer.signal("SIGSTOP"),
    resume: () => apiServer.signal("SIGCONT"),
    kill: () => apiServer.kill(),
    restart: () => apiServer.restart(),
    async compact() {
      const { header } = await etcd("range", { key: Buffer.from("/").toString("base64") });
      await etcd("compaction", { revision: header.revision, physical: true });
    },
  };
}
