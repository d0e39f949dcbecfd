import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, it } from "vitest";
import { ended, messages, runContainers, shell, type TestBench, testBench, toLogs } from "../test-support.ts";

async function filled(bench: TestBench, lines: readonly string[]): Promise<void> {
  await bench.logs.send(new CreateLogGroupCommand({ logGroupName: "g" }));
  await bench.logs.send(new CreateLogStreamCommand({ logGroupName: "g", logStreamName: "s" }));
  const logEvents = lines.map((message, index) => ({ message, timestamp: 1000 + index }));
  await bench.logs.send(new PutLogEventsCommand({ logGroupName: "g", logStreamName: "s", logEvents }));
}

describe("GetLogEvents", () => {
  const read = async ({ logs }: TestBench, more: Partial<GetLogEventsCommandInput>) => {
    const page = await logs.send(new GetLogEventsCommand({ logGroupName: "g", logStreamName: "s", ...more }));
    return { ...page, lines: page.events?.map(({ message }) => message) };
  };

  it("reads forward until the same token comes back", async () => {
    await using bench = await testBench();
    await filled(bench, ["a", "b", "c"]);
    const first = await read(bench, { startFromHead: true, limit: 2 });
    expect(first.lines).toEqual(["a", "b"]);
    const second = await read(bench, { startFromHead: true, nextToken: first.nextForwardToken });
    expect(second.lines).toEqual(["c"]);
    const end = await read(bench, { startFromHead: true, nextToken: second.nextForwardToken });
    expect(end.lines).toEqual([]);
    expect(end.nextForwardToken).toBe(second.nextForwardToken);
    const logEvents = [{ message: "d", timestamp: 2000 }];
    await bench.logs.send(new PutLogEventsCommand({ logGroupName: "g", logStreamName: "s", logEvents }));
    expect((await read(bench, { startFromHead: true, nextToken: end.nextForwardToken })).lines).toEqual([
      "d",
    ]);
  });

  it("reads the newest first, then backward until the same token comes back", async () => {
    await using bench = await testBench();
    await filled(bench, ["a", "b", "c"]);
    const last = await read(bench, { limit: 2 });
    expect(last.lines).toEqual(["b", "c"]);
    const before = await read(bench, { nextToken: last.nextBackwardToken });
    expect(before.lines).toEqual(["a"]);
    const end = await read(bench, { nextToken: before.nextBackwardToken });
    expect(end.lines).toEqual([]);
    expect(end.nextBackwardToken).toBe(before.nextBackwardToken);
  });

  it("takes startTime inclusive and endTime exclusive", async () => {
    await using bench = await testBench();
    await filled(bench, ["a", "b", "c"]);
    expect((await read(bench, { startFromHead: true, startTime: 1001, endTime: 1002 })).lines).toEqual(["b"]);
  });

  it("says what is not there", async () => {
    await using bench = await testBench();
    await expect(read(bench, {})).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The specified log group does not exist.",
    });
    await filled(bench, ["a"]);
    await expect(read(bench, { logStreamName: "t" })).rejects.toMatchObject({
      message: "The specified log stream does not exist.",
    });
    await expect(read(bench, { nextToken: "x" })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });
});

describe("the other operations", () => {
  it("filter events by pattern, time and stream", async () => {
    await using bench = await testBench();
    await filled(bench, ["error one", "fine", "error two"]);
    const found = async (more: object) => {
      const { events } = await bench.logs.send(new FilterLogEventsCommand({ logGroupName: "g", ...more }));
      return events?.map(({ message }) => message);
    };
    expect(await found({ filterPattern: "error -two" })).toEqual(["error one"]);
    expect(await found({ startTime: 1001 })).toEqual(["fine", "error two"]);
    expect(await found({ logStreamNamePrefix: "x" })).toEqual([]);
    await expect(found({ filterPattern: "{ $.a = 1 }" })).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  it("describe groups and streams, page by page", async () => {
    await using bench = await testBench();
    await filled(bench, ["a", "b"]);
    await bench.logs.send(new CreateLogGroupCommand({ logGroupName: "h" }));
    const first = await bench.logs.send(new DescribeLogGroupsCommand({ limit: 1 }));
    expect(first.logGroups).toMatchObject([{ logGroupName: "g" }]);
    const second = await bench.logs.send(new DescribeLogGroupsCommand({ nextToken: first.nextToken }));
    expect(second.logGroups).toMatchObject([{ logGroupName: "h" }]);
    const { logStreams } = await bench.logs.send(new DescribeLogStreamsCommand({ logGroupName: "g" }));
    expect(logStreams).toMatchObject([
      { logStreamName: "s", firstEventTimestamp: 1000, lastEventTimestamp: 1001 },
    ]);
    await expect(bench.logs.send(new CreateLogGroupCommand({ logGroupName: "g" }))).rejects.toMatchObject({
      name: "ResourceAlreadyExistsException",
    });
  });
});

describe("the log driver awslogs", () => {
  it("writes a task's output line by line, both streams in order", async () => {
    await using bench = await testBench();
    const script = "echo one; echo two >&2; echo; printf 'three\\n'; printf four";
    const arn = await runContainers(bench, [shell("main", script, { logConfiguration: toLogs })]);
    await ended(bench, arn);
    expect(await messages(bench, arn)).toEqual(["one", "two", "three", "four"]);
  });

  it("splits lines at 16 KiB", async () => {
    await using bench = await testBench();
    const script = "head -c 20000 /dev/zero | tr '\\0' x";
    const arn = await runContainers(bench, [shell("main", script, { logConfiguration: toLogs })]);
    await ended(bench, arn);
    expect((await messages(bench, arn)).map(({ length }) => length)).toEqual([16_384, 3616]);
  });
});
