import type { Container, PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { computePodStatus } from "../status/status.ts";
import { cutTerminationMessage, logsStandIn, terminationMessage } from "./termination-message.ts";

const plain: Container = { name: "c" };
const fallback: Container = { name: "c", terminationMessagePolicy: "FallbackToLogsOnError" };

describe("terminationMessage", () => {
  it("X1: the file counts on any exit, its last 4096 bytes", () => {
    expect(terminationMessage(plain, { exitCode: 0, file: "done" }, "logs")).toBe("done");
    const message = terminationMessage(plain, { exitCode: 1, file: `${"a".repeat(5_000)}z` }, "");
    expect(message).toBe(`${"a".repeat(4_095)}z`);
    expect(terminationMessage(plain, { exitCode: 1, file: "é".repeat(4_096) }, "")).toBe("é".repeat(2_048));
  });

  it("X1: logs stand in only when asked for, after a failure, and for an empty file", () => {
    expect(terminationMessage(fallback, { exitCode: 1, file: "" }, "logs")).toBe("logs");
    expect(terminationMessage(fallback, { exitCode: 1, file: "said" }, "logs")).toBe("said");
    expect(terminationMessage(fallback, { exitCode: 0 }, "logs")).toBeUndefined();
    expect(terminationMessage(plain, { exitCode: 1 }, "logs")).toBeUndefined();
    expect(logsStandIn(fallback, { exitCode: 1, reason: "ContainerCannotRun" })).toBe(false);
  });

  it("X1: of the logs the last 80 lines and 2048 bytes", () => {
    const lines = Array.from({ length: 100 }, (_, index) => `${index}`);
    expect(terminationMessage(fallback, { exitCode: 1 }, `${lines.join("\n")}\n`)).toBe(
      `${lines.slice(20).join("\n")}\n`,
    );
    expect(terminationMessage(fallback, { exitCode: 1 }, "x".repeat(3_000))).toHaveLength(2_048);
  });

  it("X2: the runtime's message comes first, joined by a colon", () => {
    expect(terminationMessage(plain, { exitCode: 1, message: "oom", file: "said" }, "")).toBe("oom: said");
    expect(terminationMessage(plain, { exitCode: 1, message: "oom" }, "")).toBe("oom");
  });
});

describe("cutTerminationMessage", () => {
  const spec: PodSpec = {
    containers: [{ name: "a" }, { name: "b" }],
    initContainers: [{ name: "i" }],
    ephemeralContainers: [{ name: "e" }],
  };

  it("X2: 12288 bytes are shared out among all containers, no character is cut in two", () => {
    expect(cutTerminationMessage("a".repeat(4_000), spec)).toBe("a".repeat(3_072));
    expect(cutTerminationMessage(`a${"é".repeat(3_000)}`, spec)).toBe(`a${"é".repeat(1_535)}`);
    expect(cutTerminationMessage("😀".repeat(1_000), spec)).toBe("😀".repeat(768));
    expect(cutTerminationMessage("short", spec)).toBe("short");
    expect(cutTerminationMessage("a".repeat(20_000), { containers: [] })).toHaveLength(12_288);
  });

  it("X2: statuses carry messages cut like this", () => {
    const status = computePodStatus({
      pod: { spec },
      observation: {
        ref: { namespace: "ns", name: "p", uid: "u" },
        attempt: 0,
        version: 1,
        state: "active",
        containers: [
          {
            name: "a",
            restartCount: 0,
            state: { type: "terminated", exitCode: 1, message: "m".repeat(9_000) },
          },
        ],
      },
      now: "2026-11-01T00:00:00Z",
      node: { hostIPs: [] },
      runtimeName: "fake",
      deleting: false,
    });
    expect(status.containerStatuses?.[0]?.state?.terminated?.message).toHaveLength(3_072);
  });
});
