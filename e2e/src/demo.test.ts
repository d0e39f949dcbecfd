import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const main = join(dirname(fileURLToPath(import.meta.url)), "../../packages/cli/src/main.ts");

/** A demonstration in a process of its own, with a temporary folder of its own to see what it leaves behind. */
class DemoProcess {
  readonly #child: ReturnType<typeof spawn>;
  readonly folder: string;
  output = "";

  private constructor(folder: string, args: readonly string[]) {
    this.folder = folder;
    const child = spawn(process.execPath, ["--conditions=@vkubelet/source", main, "demo", ...args], {
      cwd: folder,
      env: { ...process.env, TMPDIR: folder },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    this.#child = child;
  }

  static async start(...args: readonly string[]): Promise<DemoProcess> {
    return new DemoProcess(await mkdtemp(join(tmpdir(), "vkubelet-demo-test-")), args);
  }

  /** Resolves when the output has the text. */
  async prints(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.#child.exitCode !== null) throw new Error(`it ended before "${text}":\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** Its folder is empty, and goes. */
  async expectNoTrace(): Promise<void> {
    expect(await readdir(this.folder)).toEqual([]);
    await rm(this.folder, { recursive: true });
  }

  async exitCode(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, "close");
    return this.#child.exitCode;
  }
}

describe("vkubelet demo", () => {
  it("--once shows every step, leaves nothing behind, and ends with 0", async () => {
    const demo = await DemoProcess.start("--once");
    const code = await demo.exitCode();
    const [, all, ok] = /\n(\d+) steps, (\d+) ok\n$/.exec(demo.output) ?? [];
    expect({ code, ok }, demo.output).toEqual({ code: 0, ok: all });
    expect(Number(all)).toBeGreaterThan(5);
    await demo.expectNoTrace();
  });

  it("shows pods live until it is interrupted, and ends with 0 and without a trace", async () => {
    const demo = await DemoProcess.start();
    await demo.prints("on vk-local, Running, ready 1/1");
    expect(await readdir(demo.folder)).toContain("vkubelet-demo.kubeconfig");
    demo.interrupt();
    expect(await demo.exitCode(), demo.output).toBe(0);
    await demo.expectNoTrace();
  });
});
