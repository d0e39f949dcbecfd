import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import type { TestCluster } from "./test-cluster.ts";

const main = join(dirname(fileURLToPath(import.meta.url)), "../../packages/cli/src/main.ts");

/** A kubelet in a process of its own, as an operator runs it, to be killed and started again. */
export class KubeletProcess {
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  #output = "";

  private constructor(args: readonly string[]) {
    this.#args = args;
  }

  /** Writes kubeconfig and configuration; nothing runs yet. */
  static async prepare(
    cluster: TestCluster,
    provider: string,
    nodeName: string,
    options: Readonly<Record<string, unknown>>,
  ): Promise<KubeletProcess> {
    const folder = await mkdtemp(join(tmpdir(), "vkubelet-process-"));
    const [kubeconfig, clientCaFile, config] = ["kubeconfig", "ca.pem", "config.yaml"].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    await writeFile(kubeconfig, cluster.kubeConfig().exportConfig());
    await writeFile(clientCaFile, cluster.kubeletClientCa);
    const settings = {
      nodeName,
      provider,
      internalIP: "127.0.0.1",
      server: { address: "127.0.0.1", port: 0, clientCaFile },
    };
    await writeFile(config, stringify({ ...settings, [provider]: options }));
    return new KubeletProcess([
      "--conditions=@vkubelet/source",
      main,
      "run",
      "--kubeconfig",
      kubeconfig,
      "--config",
      config,
    ]);
  }

  /** What the process wrote so far. */
  get output(): string {
    return this.#output;
  }

  start(): void {
    const child = spawn(process.execPath, this.#args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output += chunk.toString();
      });
    }
    this.#child = child;
  }

  /** Resolves with the exit code when the process ends by itself. */
  async exited(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) throw new Error("the kubelet was not started");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return child.exitCode;
  }

  /** Ends the process at once (SIGKILL) or politely (SIGTERM), and waits for its end. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }
}
