import { availableParallelism, totalmem } from "node:os";
import { peers } from "@vkubelet-tools/peers";
import type { RunResults } from "./run-results.ts";

/** What a run is measured on. */
export function machineOfToday(): RunResults["machine"] {
  return {
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.versions.node,
    kubernetes: peers.kubernetes.version,
  };
}
