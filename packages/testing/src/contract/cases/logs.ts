import { isProviderError, type LogLine } from "@vkubelet/core";
import { type ContractCase, casesOf } from "../contract-case.ts";
import { check, checkSame } from "../contract-violation.ts";

const words = ["first", "second line", "  indented", "ünïcödé — 日本", "last"];

export const logCases: readonly ContractCase[] = casesOf("logs", {
  complete: {
    rule: "The output of a container is told line by line, in order, without a change.",
    needs: ["logs", "workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(0, words);
      checkSame(await kit.printed(pod, words.length), words, "the lines");
    },
  },
  long: {
    rule: "Long output is complete.",
    needs: ["logs", "workload:exits"],
    run: async (kit) => {
      const lines = Array.from({ length: 300 }, (_, index) => `line ${index} ${"x".repeat(20)}`);
      const pod = await kit.startEnded(0, lines);
      checkSame(await kit.printed(pod, lines.length), lines, "the lines");
    },
  },
  "empty-line": {
    rule: "An empty line is a line.",
    needs: ["logs", "workload:exits"],
    run: async (kit) => {
      const lines = ["before", "", "after"];
      const pod = await kit.startEnded(0, lines);
      checkSame(await kit.lines(pod, { follow: true }), lines, "the lines");
    },
  },
  containers: {
    rule: "Each container has its own output.",
    needs: ["logs", "workload:exits"],
    run: async (kit) => {
      const exits = kit.workload("exits");
      const pod = kit.pod({ named: { main: exits(0, ["of main"]), side: exits(0, ["of side"]) } });
      await kit.create(pod);
      await kit.ended(pod);
      checkSame(await kit.printed(pod, 1), ["of main"], "the output of main");
      checkSame(await kit.lines(pod, { container: "side", follow: true }), ["of side"], "the output of side");
    },
  },
  "ends-by-itself": {
    rule: "Without `follow`, reading ends with what there is while the container runs on.",
    needs: ["logs", "workload:prints"],
    run: async (kit) => {
      const pod = await kit.startReady(kit.workload("prints")(["one", "two"]));
      checkSame(await kit.printed(pod, 2), ["one", "two"], "the lines of a running container");
    },
  },
  follow: {
    rule: "With `follow`, reading goes on until the container has ended, and then ends by itself.",
    needs: ["logs", "workload:prints"],
    run: async (kit) => {
      const pod = await kit.startReady(kit.workload("prints")(["one", "two"]));
      const lines: string[] = [];
      let over = false;
      const read = async () => {
        for await (const { bytes } of kit.logs(pod.ref, { follow: true }))
          lines.push(new TextDecoder().decode(bytes));
        over = true;
      };
      const reading = kit.host.boundedFor(pod.ref, "following logs", read());
      reading.catch(() => {});
      await kit.poll("two lines of a container that is followed", async () =>
        lines.length >= 2 ? { found: lines } : { seen: lines },
      );
      // Time enough for a reader that does not follow to come to its end.
      await kit.running(pod);
      check(!over, "reading goes on while the container runs", lines);
      await kit.delete(pod.ref, 1);
      await reading;
      checkSame(lines, ["one", "two"], "the lines of a container that was followed to its end");
      await kit.endOrAbsence(pod);
    },
  },
  "follow-ended": {
    rule: "`follow` on a container that has ended tells everything and ends.",
    needs: ["logs", "workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(0, words);
      checkSame(await kit.lines(pod, { follow: true }), words, "the lines");
    },
  },
  tail: {
    rule: "`tailLines` tells at least the last lines, up to the very last.",
    needs: ["logs", "workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(0, words);
      await kit.printed(pod, words.length);
      const lines = await kit.lines(pod, { tailLines: 2 });
      checkSame(lines.slice(-2), words.slice(-2), "the last two lines");
    },
  },
  empty: {
    rule: "A container that printed nothing has no lines, and that is no error.",
    needs: ["logs", "workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(0);
      checkSame(await kit.lines(pod), [], "the lines of a container that printed nothing");
    },
  },
  times: {
    rule: "Where lines have times, they are RFC 3339 and do not go back within one stream.",
    needs: ["logs", "workload:exits"],
    run: async (kit) => {
      const pod = await kit.startEnded(0, words);
      await kit.printed(pod, words.length);
      const lines: LogLine[] = [];
      for await (const line of kit.logs(pod.ref)) lines.push(line);
      const times = lines.map(({ time }) => time).filter((time) => time !== undefined);
      if (times.length === 0) return "the backend knows no times of lines";
      for (const [index, time] of times.entries()) {
        check(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(time), "RFC 3339", time);
        const before = Date.parse(times[index - 1] ?? time);
        check(Date.parse(time) >= before, "times do not go back", times);
      }
      return undefined;
    },
  },
  "unknown-pod": {
    rule: "Logs of a pod that the backend does not know fail as `NotFound`.",
    needs: ["logs"],
    run: async (kit) => {
      const pod = kit.pod(kit.subject.workloads.runs());
      await kit.failsAs("NotFound", "reading logs of an unknown pod", kit.lines(pod));
    },
  },
  "unknown-container": {
    rule: "Logs of a container that the pod does not have fail as `NotFound`.",
    needs: ["logs"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      const read = kit.lines(pod, { container: "nobody" });
      await kit.failsAs("NotFound", "reading logs of an unknown container", read);
    },
  },
  previous: {
    rule: "Without an instance before the current one, `previous` fails as `NotFound`, or as `Unsupported`.",
    needs: ["logs"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      const error = await kit.failure("reading logs of no instance", kit.lines(pod, { previous: true }));
      check(
        isProviderError(error) && (error.code === "NotFound" || error.code === "Unsupported"),
        "it fails as NotFound or Unsupported",
        error,
      );
    },
  },
  leave: {
    rule: "Leaving the loop ends the reading of a container that runs on.",
    needs: ["logs", "workload:prints"],
    run: async (kit) => {
      const pod = await kit.startReady(kit.workload("prints")(["one", "two"]));
      const read = async () => {
        for await (const _ of kit.logs(pod.ref, { follow: true })) break;
      };
      await kit.host.boundedFor(pod.ref, "leaving the loop over logs", read());
    },
  },
});
