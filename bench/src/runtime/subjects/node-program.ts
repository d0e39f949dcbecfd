import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunningProcess, startProcess } from "@vkubelet-tools/peers";
import type { Stage } from "../cluster/stage.ts";

/** With many pods, Node keeps room for garbage that is several times what it uses (docs/operating.md, memory). */
const smallHeap = ["--max-semi-space-size=8", "--heap-growing-percent=30"];

/** Starts a program of `processes/`, as it is built; it is ready when it has written its ready file. */
export async function startNodeProgram(
  stage: Stage,
  name: string,
  args: readonly string[],
): Promise<RunningProcess> {
  const readyFile = join(stage.folder, `${name}.ready`);
  rmSync(readyFile, { force: true });
  const program = fileURLToPath(new URL(`../../../dist/${name}.js`, import.meta.url));
  return startProcess({
    name,
    command: process.execPath,
    args: [
      ...smallHeap,
      ...process.execArgv.filter((argument) => argument.startsWith("--cpu-prof")),
      program,
      ...["--kubeconfig", stage.plane.adminKubeconfig, "--node", stage.nodeName, "--ready-file", readyFile],
      ...args,
    ],
    logFile: join(stage.folder, `${name}.log`),
    ready: async () => existsSync(readyFile),
  });
}
