import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { findOracleCommand } from "@vkubelet-tools/peers";

/** Kubernetes' own code, in a process of its own. */
export interface Oracle extends AsyncDisposable {
  /** One answer, as JSON text, for each question, in order. Further calls may follow at once. */
  ask(questions: readonly (readonly unknown[])[]): Promise<readonly string[]>;
}

/** Starts the oracle, whose peer must be built. It ends when it is disposed of. */
export async function startOracle(): Promise<Oracle> {
  const command = await findOracleCommand();
  if (command === undefined) throw new Error("start the oracle: it is not built; install the peer first");
  // It lives for a minute and needs little memory: its garbage may wait.
  const env = { ...process.env, GOGC: "800" };
  const child = spawn(command, [], { stdio: ["pipe", "pipe", "inherit"], env });
  const closed = once(child, "close");
  // A program that ends too early breaks the pipe; the missing answers tell the story.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })[
    Symbol.asyncIterator
  ]();
  const read = async (questions: readonly (readonly unknown[])[]) => {
    const answers: string[] = [];
    for (const question of questions) {
      const line = await lines.next();
      if (line.done) throw new Error(`ask the oracle: it ended at ${JSON.stringify(question)}`);
      answers.push(line.value);
    }
    return answers;
  };
  let last: Promise<readonly string[]> = Promise.resolve([]);
  return {
    ask(questions) {
      child.stdin.write(questions.map((question) => `${JSON.stringify(question)}\n`).join(""));
      last = last.then(() => read(questions));
      return last;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await closed;
    },
  };
}
