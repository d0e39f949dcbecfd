import { spawn } from "node:child_process";
import { once } from "node:events";
import type { TestCluster } from "./test-cluster.ts";

/** A `kubectl port-forward` that listens. */
export interface PortForward extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
}

/** Starts one; `args` follow the verb, with no local port, so that kubectl takes a free one. */
export async function startPortForward(
  cluster: TestCluster,
  args: readonly string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<PortForward> {
  const { command, env } = cluster.kubectlProgram;
  const child = spawn(command, ["port-forward", ...args], {
    env: { ...env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill();
    await exited;
  };
  let [output, errors] = ["", ""];
  child.stderr.on("data", (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const port = await new Promise<string>((resolve, reject) => {
    // Read to the end: unread, its line for each connection would hold kubectl up.
    child.stdout.on("data", (bytes: Buffer) => {
      output += bytes.toString();
      const [, found] = /^Forwarding from 127\.0\.0\.1:(\d+) /m.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("close", () => reject(new Error(`kubectl port-forward ${args.join(" ")} ended: ${errors}`)));
  });
  return { address: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: stop };
}
