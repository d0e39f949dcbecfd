import type { Container, PodSpec } from "@vkubelet/core";

/** How much of a container's own words a kubelet reads (pkg/kubelet/container/runtime.go). */
export const terminationMessageLimits = {
  /** From the end of the file at `terminationMessagePath`. */
  fileBytes: 4_096,
  /** From the end of the logs, where they stand in for the file. */
  logBytes: 2_048,
  logLines: 80,
  /** Of all messages of one pod together. */
  podBytes: 12_288,
} as const;

/** What is known of a container's end. */
export interface EndOfContainer {
  readonly exitCode: number;
  /** `ContainerCannotRun` means that there are no logs to look at. */
  readonly reason?: string;
  /** The runtime's own message. */
  readonly message?: string;
  /** The end of the file at `terminationMessagePath`; absent or empty: nothing was written. */
  readonly file?: string;
}

/** Whether the end of the logs stands in for the file (pod-semantics X1): it is empty, asked for, and the end a failure. */
export function logsStandIn(container: Container, end: EndOfContainer): boolean {
  return (
    container.terminationMessagePolicy === "FallbackToLogsOnError" &&
    end.exitCode !== 0 &&
    end.reason !== "ContainerCannotRun" &&
    (end.file ?? "") === ""
  );
}

/**
 * The message of a terminated state (pod-semantics X1, X2): the runtime's, then `: `, then the last 4096 bytes of the
 * file, or of the logs (`logs`: their end, of which 80 lines and 2048 bytes count) where those stand in. Undefined when
 * all are empty.
 */
export function terminationMessage(
  container: Container,
  end: EndOfContainer,
  logs: string,
): string | undefined {
  const { fileBytes, logBytes } = terminationMessageLimits;
  const own = logsStandIn(container, end)
    ? lastBytes(lastLines(logs), logBytes)
    : lastBytes(end.file ?? "", fileBytes);
  const parts = [end.message ?? "", own].filter((part) => part !== "");
  return parts.length === 0 ? undefined : parts.join(": ");
}

/**
 * A terminated state's message as it stands in a status: the first 12288 bytes shared out among all containers of the
 * pod, ephemeral ones included (pod-semantics X2). A character that would be cut in two is left out.
 */
export function cutTerminationMessage(message: string, spec: PodSpec): string {
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  const count = Math.max(containers.length + initContainers.length + ephemeralContainers.length, 1);
  const limit = Math.trunc(terminationMessageLimits.podBytes / count);
  if (message.length * 3 <= limit) return message;
  let used = 0;
  let length = 0;
  for (const character of message) {
    used += bytesOfCharacter(character);
    if (used > limit) break;
    length += character.length;
  }
  return message.slice(0, length);
}

function lastLines(text: string): string {
  const ended = text.endsWith("\n");
  const lines = (ended ? text.slice(0, -1) : text).split("\n");
  return lines.slice(-terminationMessageLimits.logLines).join("\n") + (ended ? "\n" : "");
}

function lastBytes(text: string, limit: number): string {
  const characters = [...text];
  let used = 0;
  let first = characters.length;
  while (first > 0) {
    used += bytesOfCharacter(characters[first - 1] ?? "");
    if (used > limit) break;
    first--;
  }
  return characters.slice(first).join("");
}

/** In UTF-8. */
function bytesOfCharacter(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x1_0000 ? 3 : 4;
}
