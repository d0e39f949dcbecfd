import type { ContractWorkloads, WorkloadContainer } from "./provider-under-test.ts";

/**
 * The workloads of a backend whose containers can run `/bin/sh`. `change` makes the container fit the backend:
 * an image, resources, arguments in place of a command.
 */
export function shellWorkloads(
  change: (container: WorkloadContainer) => WorkloadContainer = (container) => container,
): ContractWorkloads {
  const shell = (...steps: readonly string[]) =>
    change({ image: "busybox", command: ["/bin/sh", "-c", steps.join("; ")] });
  return {
    runs: () => shell("trap 'exit 143' TERM", forever),
    exits: (code, lines = []) => shell(printed(...lines), `exit ${code}`),
    prints: (lines) => shell("trap 'exit 143' TERM", printed(...lines), forever),
    printsFile: (path) =>
      shell(
        "trap 'exit 143' TERM",
        "last=",
        `while :; do now=$(cat '${path}'); [ "$now" = "$last" ] || echo "$now"; last=$now; sleep 0.1; done 2>/dev/null`,
      ),
    command: ({ prints, printsErrors, echoes, waits, exitCode = 0 }) => [
      "/bin/sh",
      "-c",
      [
        `printf '%s' '${quoted(prints)}'`,
        `printf '%s' '${quoted(printsErrors)}' >&2`,
        ...(echoes === true ? ["cat"] : []),
        ...(waits === true ? [forever] : []),
        `exit ${exitCode}`,
      ].join("; "),
    ],
    ignoresStop: () => shell("trap '' TERM", printed("ready"), forever),
    endsOnStop: (code) => shell(`trap 'exit ${code}' TERM`, printed("ready"), forever),
  };
}

/**
 * Short sleeps: none of them outlives its shell for long and holds the output open. Where the signal reaches the sleep
 * too, the shell says so on standard error, which is no output of the workload.
 */
const forever = "while :; do sleep 0.1; done 2>/dev/null";

function quoted(text = ""): string {
  return text.replaceAll("'", "'\\''");
}

/** One command for all lines, since backends limit the length of what they run. */
function printed(...lines: readonly string[]): string {
  if (lines.length === 0) return ":";
  return `printf '%s\\n' ${lines.map((line) => `'${line.replaceAll("'", "'\\''")}'`).join(" ")}`;
}
