import { open, readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "../cli-error.ts";
import { createConsoleLogger } from "../console-logger.ts";
import { type DemoCluster, startDemoCluster } from "./demo-cluster.ts";
import { listenForInterruption } from "./interruption.ts";
import { showKubectl } from "./kubectl.ts";
import { showLive } from "./live.ts";
import { runTour, summary } from "./tour/tour.ts";
import { sampleWorkloads } from "./workloads.ts";

/** Settings given on the command line. */
export interface DemoFlags {
  readonly once?: boolean;
  readonly kubeconfig?: string;
}

const defaultKubeconfig = "vkubelet-demo.kubeconfig";
const kubeconfigHeader = "# Written by vkubelet demo, which removes it at its end.\n";
const shownWarnings = 100;

/**
 * `vkubelet demo`: an in-memory cluster with a virtual node per backend and something to see on each, until a signal
 * comes; with `once` a checked tour. Resolves with the exit code.
 */
export async function demoCommand(flags: DemoFlags): Promise<number> {
  const interruption = listenForInterruption();
  const { signal } = interruption;
  const warnings: string[] = [];
  const logger = createConsoleLogger("warn", (line) => {
    warnings.push(line.trimEnd());
    if (warnings.length > shownWarnings) warnings.shift();
  });
  const writeLine = (line: string) => void process.stdout.write(`${line}\n`);
  writeLine(
    "vkubelet demo: an in-memory Kubernetes cluster with virtual nodes; no Docker, no root, no account",
  );
  const demo = await startDemoCluster(logger);
  const kubeconfig = resolve(
    flags.kubeconfig ?? (flags.once ? join(demo.directory, "kubeconfig") : defaultKubeconfig),
  );
  const session: Session = { kubeconfig, warnings, writeLine, signal };
  let code: number;
  let written = false;
  try {
    await writeKubeconfig(kubeconfig, demo.cluster.kubeconfig);
    written = true;
    introduce(demo, writeLine);
    code = flags.once ? await tour(demo, session) : await live(demo, session);
  } catch (error) {
    if (!signal.aborted) throw error;
    code = flags.once ? 130 : 0;
  } finally {
    await demo.stop();
    if (written) await rm(kubeconfig, { force: true });
  }
  const failure = interruption.failure();
  if (failure !== undefined) throw new Error(`internal failure: ${failure.message}`, { cause: failure });
  return code;
}

interface Session {
  readonly kubeconfig: string;
  readonly warnings: readonly string[];
  readonly writeLine: (line: string) => void;
  readonly signal: AbortSignal;
}

function introduce({ cluster, nodes, absent }: DemoCluster, writeLine: (line: string) => void): void {
  writeLine(`API server ${cluster.url}`);
  for (const { name, backend } of nodes) writeLine(`node ${name}: ${backend}`);
  for (const { kind, reason } of absent) writeLine(`no node for ${kind}: ${reason}`);
}

async function tour(demo: DemoCluster, session: Session): Promise<number> {
  const { kubeconfig, warnings, writeLine, signal } = session;
  const result = await runTour(demo, writeLine, signal);
  await showKubectl(["get", "nodes,pods", "-A"], kubeconfig, writeLine);
  const passed = result.ok === result.steps;
  if (!passed) for (const line of warnings) writeLine(line);
  writeLine(`\n${summary(result)}`);
  return passed ? 0 : 1;
}

async function live(demo: DemoCluster, session: Session): Promise<number> {
  const { kubeconfig, warnings, writeLine, signal } = session;
  writeLine(`\nexport KUBECONFIG=${kubeconfig}`);
  writeLine("kubectl get nodes,pods -o wide");
  writeLine("kubectl logs job/hello-local");
  writeLine("kubectl scale deployment web-local --replicas=5");
  writeLine("Ctrl-C ends the demo and everything in it.\n");
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const { client, nodes } = demo;
  const work = [
    showLive({ client, nodes, screen: process.stdout, warnings: () => warnings, signal: either }),
    applySamples(demo, either),
  ];
  try {
    await Promise.all(work);
  } finally {
    // Whichever failed: nothing may be created any more when the cluster is cleared.
    ended.abort(new Error("the demo has ended"));
    await Promise.allSettled(work);
  }
  return 0;
}

async function applySamples({ client, nodes }: DemoCluster, signal: AbortSignal): Promise<void> {
  for (const { kind, name, image } of nodes) {
    const target = { name, image, namespace: "default" };
    // A Batch job only finishes, so that node takes no Deployment.
    const workloads = sampleWorkloads(target, { suffix: kind, deployments: kind !== "batch" });
    for (const object of workloads) {
      signal.throwIfAborted();
      await client.create(object);
    }
  }
}

/** Never over a file that somebody else has written. */
async function writeKubeconfig(path: string, text: string): Promise<void> {
  await refuseForeignFile(path);
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(kubeconfigHeader + text);
  } finally {
    await file.close();
  }
}

async function refuseForeignFile(path: string): Promise<void> {
  let present: string;
  try {
    present = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw new UsageError(`--kubeconfig: ${path}: ${(error as Error).message}`, { cause: error });
  }
  if (!present.startsWith(kubeconfigHeader)) {
    throw new UsageError(`--kubeconfig: ${path} is there already and not of the demo: name another file`);
  }
}
