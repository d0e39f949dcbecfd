import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findOnPath } from "./find-on-path.ts";

const timeoutMs = 20_000;

/** Runs kubectl with the kubeconfig and shows what it prints, or says that there is none on PATH. */
export async function showKubectl(
  args: readonly string[],
  kubeconfig: string,
  writeLine: (line: string) => void,
): Promise<void> {
  const command = await findOnPath("kubectl");
  if (command === undefined) {
    writeLine("\nkubectl is not on PATH, so it is not shown");
    return;
  }
  writeLine(`\n$ kubectl ${args.join(" ")}`);
  const { stdout, stderr } = await promisify(execFile)(command, [...args], {
    timeout: timeoutMs,
    env: { ...process.env, KUBECONFIG: kubeconfig },
  });
  for (const text of [stdout, stderr]) if (text.trim() !== "") writeLine(text.trimEnd());
}
