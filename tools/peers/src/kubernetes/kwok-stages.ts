import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runChecked } from "../run-command.ts";
import { kwokModuleFolder } from "./node-peers.ts";

/** Those with which kwok is as fast as it can be, and the node's heartbeat. */
const stages = [
  "pod/fast/pod-ready.yaml",
  "pod/fast/pod-complete.yaml",
  "pod/fast/pod-delete.yaml",
  "node/fast/node-initialize.yaml",
  "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
];

/** The text of a configuration for kwok: stages out of its own module. Needs Go, with which kwok was built. */
export async function kwokStages(): Promise<string> {
  const args = ["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/kwok"];
  const { stdout } = await runChecked("go", args, { cwd: kwokModuleFolder });
  const folder = join(stdout.trim(), "kustomize", "stage");
  const texts = await Promise.all(stages.map((name) => readFile(join(folder, name), "utf8")));
  return texts.join("---\n");
}
