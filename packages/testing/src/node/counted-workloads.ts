import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProviderUnderTest, WorkloadContainer } from "../contract/provider-under-test.ts";
import { shellWorkloads } from "../contract/shell-workloads.ts";

/**
 * Shell workloads for a backend whose containers are processes of this machine, and their count: every start adds a
 * line to a file of the folder, which must exist and outlive the pods.
 */
export function countedShellWorkloads(
  folder: string,
): Required<Pick<ProviderUnderTest, "workloads" | "runsOf">> {
  return {
    workloads: shellWorkloads((container) => counted(container, folder)),
    runsOf: async (uid) => {
      const marks = await readFile(join(folder, uid), "utf8").catch(() => "");
      return marks.split("\n").length - 1;
    },
  };
}

function counted({ command = [], ...rest }: WorkloadContainer, folder: string): WorkloadContainer {
  const [shell = "", flag = "", script = ""] = command;
  const uid = { name: "POD_UID", valueFrom: { fieldRef: { fieldPath: "metadata.uid" } } };
  return { ...rest, env: [uid], command: [shell, flag, `echo >> '${folder}'/"$POD_UID"; ${script}`] };
}
