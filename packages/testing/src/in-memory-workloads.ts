import type { ResolvedContainer, ResolvedPod } from "@vkubelet/core";
import type { CommandProgram, ContractWorkloads, WorkloadContainer } from "./contract/provider-under-test.ts";

/** What a container of an `InMemoryBackend` does, instead of running until a test ends it. */
export interface InMemoryProgram {
  readonly prints?: readonly string[];
  /** Path of a file whose content is printed at the start, and when it changes. */
  readonly printsFile?: string;
  /** It ends at once with this code. */
  readonly exitCode?: number;
  /** The code with which it ends on a stop signal, or that it takes no notice. */
  readonly onStop?: number | "ignore";
}

/** The command whose argument says what an in-memory container does. */
const command = "in-memory-program";

type Optional = "command" | "exits" | "prints" | "printsFile" | "ignoresStop" | "endsOnStop";

/** The contract's workloads, as an `InMemoryBackend` runs them. */
export const inMemoryWorkloads: ContractWorkloads & Required<Pick<ContractWorkloads, Optional>> = {
  runs: () => containerOf({}),
  exits: (exitCode, prints = []) => containerOf({ exitCode, prints }),
  prints: (prints) => containerOf({ prints }),
  printsFile: (path) => containerOf({ printsFile: path }),
  command: (program) => [command, JSON.stringify(program)],
  ignoresStop: () => containerOf({ prints: ["ready"], onStop: "ignore" }),
  endsOnStop: (onStop) => containerOf({ prints: ["ready"], onStop }),
};

/** What a container does, when it is one of {@link inMemoryWorkloads}. */
export function programOf({ command: argv }: ResolvedContainer): InMemoryProgram | undefined {
  const [name, text] = (argv ?? []).map(({ parts }) => parts.join(""));
  return name === command && text !== undefined ? (JSON.parse(text) as InMemoryProgram) : undefined;
}

/** What a command does that `exec` is to run, when it is one of {@link inMemoryWorkloads}. */
export function commandOf([name, text]: readonly string[]): CommandProgram | undefined {
  return name === command && text !== undefined ? (JSON.parse(text) as CommandProgram) : undefined;
}

/** The programs of a pod's containers that have started. */
export function programsOf(
  pod: ResolvedPod,
): readonly { readonly name: string; readonly program: InMemoryProgram }[] {
  if (pod.initContainers.some((container) => (programOf(container)?.exitCode ?? 0) !== 0)) return [];
  return pod.containers.flatMap((container) => {
    const program = programOf(container);
    return program === undefined ? [] : [{ name: container.name, program }];
  });
}

function containerOf(program: InMemoryProgram): WorkloadContainer {
  return { image: "in-memory:1", command: [command, JSON.stringify(program)] };
}

/** The line that a program prints of its file. */
export function fileLine(
  { containers, volumes }: ResolvedPod,
  container: string,
  { printsFile }: InMemoryProgram,
): string | undefined {
  if (printsFile === undefined) return undefined;
  const mounts = containers.find(({ name }) => name === container)?.mounts ?? [];
  for (const { volume, mountPath } of mounts) {
    const found = volumes.find(({ name }) => name === volume);
    const files = found?.type === "files" ? found.files : [];
    const file = files.find(({ path }) => `${mountPath}/${path}` === printsFile);
    if (file !== undefined) return new TextDecoder().decode(file.content);
  }
  return undefined;
}
