import type { LogPageRequest, LogsClient } from "@vkubelet/aws";
import type { LogOptions, Provider } from "@vkubelet/core";
import { resolvedPodOf, TestPodContext } from "@vkubelet/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createBatchProvider } from "./provider.ts";
import { FakeBatch } from "./testdata/fake-batch.ts";

const pod = resolvedPodOf({ restartPolicy: "Never", containers: [{ name: "main", image: "a" }] });

let batch: FakeBatch;
let context: TestPodContext;
let provider: Provider;
let requests: LogPageRequest[];
const logs: LogsClient = {
  getLogEvents: async (request) => {
    requests.push(request);
    const events = request.token === undefined ? [{ timestamp: 0, message: `from ${request.stream}` }] : [];
    return { events, forwardToken: "end", backwardToken: "start" };
  },
};
beforeEach(async () => {
  batch = new FakeBatch();
  context = new TestPodContext();
  requests = [];
  provider = createBatchProvider(
    { nodeName: "n", region: "r", jobQueue: "pods", executionRoleArn: "arn:role" },
    { batch, logs },
  );
  await provider.createPod(pod, context);
  await provider.createPod({ ...pod, attempt: 1 }, context);
});

async function read(options: Partial<LogOptions> = {}, container = "main"): Promise<string[]> {
  const lines: string[] = [];
  const wanted = { follow: false, previous: false, ...options };
  for await (const line of provider.logs?.({ ...pod.ref, container }, wanted, context) ?? []) {
    lines.push(new TextDecoder().decode(line.bytes));
  }
  return lines;
}
const start = (index: number, stream: string) =>
  Object.assign(batch.jobs[index] ?? {}, { status: "RUNNING", container: { logStreamName: stream } });

describe("logs of a container", () => {
  it("are empty before Batch has named a stream, then those of the latest run", async () => {
    expect(await read()).toEqual([]);
    start(0, "old");
    start(1, "new");
    expect(await read()).toEqual(["from new"]);
    expect(requests[0]).toMatchObject({ group: "/aws/batch/job", stream: "new" });
    expect(await read({ previous: true })).toEqual(["from old"]);
  });

  it("that are followed wait for the stream and end with the job", async () => {
    const done = read({ follow: true });
    await context.clock.advance(5000);
    start(1, "new");
    await context.clock.advance(5000);
    Object.assign(batch.jobs[1] ?? {}, { status: "SUCCEEDED" });
    await context.clock.advance(30_000);
    expect(await done).toEqual(["from new"]);
  });

  it("of an unknown container or pod are NotFound", async () => {
    await expect(read({}, "other")).rejects.toMatchObject({ code: "NotFound" });
    batch.jobs.length = 0;
    await expect(read()).rejects.toMatchObject({ code: "NotFound" });
  });
});
