import type { ByteSink } from "@vkubelet/core";
import { type ContractCase, casesOf } from "../contract-case.ts";
import { check, checkSame } from "../contract-violation.ts";

const text = "first line\nünïcödé — 日本\nno end of line";

export const sessionCases: readonly ContractCase[] = casesOf("sessions", {
  output: {
    rule: "A command's output, its errors and its exit code are told as they are, each by itself.",
    needs: ["exec", "workload:command"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      const command = kit.workload("command")({ prints: text, printsErrors: "wrong", exitCode: 7 });
      checkSame(
        await kit.exec(pod.ref, command),
        { stdout: text, stderr: "wrong", exitCode: 7 },
        "what a command did",
      );
    },
  },
  input: {
    rule: "A command gets its whole input, hears of its end, and its output is complete when the call resolves.",
    needs: ["exec", "workload:command"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      const lines = Array.from({ length: 2_000 }, (_, index) => `line ${index} ${"x".repeat(40)}\n`);
      const command = kit.workload("command")({ echoes: true });
      const { stdout, exitCode } = await kit.exec(pod.ref, command, { stdin: lines });
      check(stdout === lines.join(""), "the output is the input", `${stdout.length} characters`);
      checkSame(exitCode, 0, "the exit code");
    },
  },
  "back-pressure": {
    rule: "Output is written piece by piece: no write begins before the one before it has resolved.",
    needs: ["exec", "workload:command"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      let writing = 0;
      let most = 0;
      const stdout: ByteSink = {
        write: async () => {
          writing += 1;
          most = Math.max(most, writing);
          await kit.host.clock.sleep(1);
          writing -= 1;
        },
      };
      const lines = Array.from({ length: 200 }, (_, index) => `line ${index}\n`);
      await kit.exec(pod.ref, kit.workload("command")({ echoes: true }), { stdin: lines, stdout });
      checkSame(most, 1, "writes at one time");
    },
  },
  unknown: {
    rule: "`exec` in a pod or container that is not there is `NotFound`.",
    needs: ["exec", "workload:command"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      const command = kit.workload("command")({});
      await kit.failsAs(
        "NotFound",
        "exec in an unknown container",
        kit.exec(pod.ref, command, { container: "another" }),
      );
      const unknown = kit.pod(kit.subject.workloads.runs()).ref;
      await kit.failsAs("NotFound", "exec in an unknown pod", kit.exec(unknown, command));
    },
  },
  ended: {
    rule: "`exec` in a container that has ended is `NotFound`.",
    needs: ["exec", "workload:command", "workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(0);
      const command = kit.workload("command")({});
      await kit.failsAs("NotFound", "exec in a container that has ended", kit.exec(pod.ref, command));
    },
  },
  abort: {
    rule: "An abort of `exec` ends the call with its reason, while the container runs on.",
    needs: ["exec", "workload:command"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      const abort = new AbortController();
      const reason = new Error("the client has gone");
      const stdout: ByteSink = { write: async () => abort.abort(reason) };
      const command = kit.workload("command")({ prints: "begun", waits: true });
      const error = await kit.failure(
        "exec after an abort",
        kit.exec(pod.ref, command, { stdout, signal: abort.signal }),
      );
      check(error === reason, "the call rejects with the reason of the abort, unwrapped", error);
      await kit.running(pod);
    },
  },
});
