import type { DemoCluster } from "../demo-cluster.ts";
import { namespace } from "../workloads.ts";
import { jobFailsTwice, jobSucceeds, sidecarEnds } from "./job-steps.ts";
import { deploymentScales, nodesReady } from "./node-steps.ts";
import { deletionWithGrace, environmentFromObjects, initContainerFirst, restartAdopts } from "./pod-steps.ts";
import type { Step } from "./step.ts";
import { Trial } from "./trial.ts";

const steps: readonly Step[] = [
  nodesReady,
  jobSucceeds,
  jobFailsTwice,
  initContainerFirst,
  environmentFromObjects,
  sidecarEnds,
  deploymentScales,
  deletionWithGrace,
  restartAdopts,
];

/** How the tour went. */
export interface TourResult {
  readonly steps: number;
  readonly ok: number;
}

/** The last line of the tour. */
export function summary({ steps: all, ok }: TourResult): string {
  return `${all} steps, ${ok} ok`;
}

/**
 * Shows every step on all its nodes at once, a line per node, and ends after the first step in which a check fails.
 * Rejects only when the signal is aborted.
 */
export async function runTour(
  { client, nodes }: DemoCluster,
  write: (line: string) => void,
  signal: AbortSignal,
): Promise<TourResult> {
  const trials = nodes.map((node) => new Trial(client, node, signal));
  for (const trial of trials) await client.create(namespace(trial.namespace));
  const width = Math.max(...nodes.map(({ name }) => name.length));
  let ok = 0;
  for (const [index, step] of steps.entries()) {
    write(`\n${index + 1}. ${step.title}`);
    const chosen = trials.filter(({ node }) => step.kinds?.includes(node.kind) ?? true);
    const results = await Promise.all(
      chosen.map((trial) =>
        attempt(step, trial, (text) => write(`   ${trial.node.name.padEnd(width)}  ${text}`)),
      ),
    );
    signal.throwIfAborted();
    if (results.includes(false)) break;
    ok += 1;
  }
  return { steps: steps.length, ok };
}

async function attempt(step: Step, trial: Trial, write: (text: string) => void): Promise<boolean> {
  try {
    write(`ok: ${await step.run(trial)}`);
    return true;
  } catch (error) {
    if (!trial.signal.aborted) write(`FAILED: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
