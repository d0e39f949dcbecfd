import { spawn } from "node:child_process";
import { once } from "node:events";

/** A program of an example, run as a user runs it. */
export interface ExampleProcess extends AsyncDisposable {
  /** What the program has written so far, both streams. */
  output(): string;
  /** Resolves when the output matches; rejects with the output when the program ends before. */
  waitForOutput(pattern: RegExp): Promise<void>;
  /** Sends SIGINT and resolves with the exit code, null when a signal ended the program. */
  interrupt(): Promise<number | null>;
}

/**
 * Starts `main` with this Node and the packages' sources. The program sees `environment` and PATH, HOME and TMPDIR of
 * this process, so that no kubeconfig and no credentials of the machine reach it.
 */
export function startExample(main: URL, environment: Readonly<Record<string, string>>): ExampleProcess {
  const { PATH = "", HOME = "", TMPDIR } = process.env;
  const child = spawn(process.execPath, ["--conditions=@vkubelet/source", main.pathname], {
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const news = new EventTarget();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      news.dispatchEvent(new Event("output"));
    });
  }
  let ended = false;
  const end = once(child, "close").then(([code]: (number | null)[]) => {
    ended = true;
    news.dispatchEvent(new Event("output"));
    return code ?? null;
  });
  return {
    output: () => output,
    async waitForOutput(pattern) {
      while (!pattern.test(output)) {
        if (ended) throw new Error(`the program ended without writing ${pattern}; it wrote:\n${output}`);
        await once(news, "output");
      }
    },
    async interrupt() {
      child.kill("SIGINT");
      return end;
    },
    async [Symbol.asyncDispose]() {
      if (!ended) child.kill("SIGKILL");
      await end;
    },
  };
}
