import type { LogPageRequest, LogsClient } from "@vkubelet/aws";
import type { LogOptions, Provider } from "@vkubelet/core";
import { resolvedPodOf, TestPodContext } from "@vkubelet/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { createFargateProvider } from "./provider.ts";
import { FakeEcs } from "./testdata/fake-ecs.ts";

const pod = resolvedPodOf({ restartPolicy: "Never", containers: [{ name: "main", image: "a" }] });
const ref = { ...pod.ref, container: "main" };

let ecs: FakeEcs;
let context: TestPodContext;
let provider: Provider;
let requests: LogPageRequest[];
const streams = new Map<string, string>();
const logs: LogsClient = {
  getLogEvents: async (request) => {
    requests.push(request);
    const message = request.token === undefined ? streams.get(request.stream) : undefined;
    const events = message === undefined ? [] : [{ timestamp: 0, message }];
    return { events, forwardToken: "end", backwardToken: "start" };
  },
};
beforeEach(() => {
  ecs = new FakeEcs();
  context = new TestPodContext();
  requests = [];
  streams.clear();
  provider = createFargateProvider(
    {
      nodeName: "n",
      region: "r",
      cluster: "pods",
      subnets: ["s"],
      executionRoleArn: "arn:role",
      logs: { group: "/g", streamPrefix: "p" },
    },
    { ecs, logs },
  );
});

async function read(options: Partial<LogOptions> = {}, container = "main"): Promise<string[]> {
  const lines: string[] = [];
  const wanted = { follow: false, previous: false, ...options };
  for await (const line of provider.logs?.({ ...ref, container }, wanted, context) ?? []) {
    lines.push(new TextDecoder().decode(line.bytes));
  }
  return lines;
}

describe("logs of a container", () => {
  beforeEach(async () => {
    await provider.createPod(pod, context);
    Object.assign(ecs.tasks[0] ?? {}, { desiredStatus: "STOPPED", lastStatus: "STOPPED" });
    await provider.createPod({ ...pod, attempt: 1 }, context);
    streams.set("p/main/1", "of the first run").set("p/main/2", "of the second run");
  });

  it("are those of the latest run, in the stream that awslogs names", async () => {
    expect(await read()).toEqual(["of the second run"]);
    expect(requests[0]).toMatchObject({ group: "/g", stream: "p/main/2" });
  });

  it("of the run before are found among the stopped tasks", async () => {
    await provider.listPods(context);
    expect(await read({ previous: true })).toEqual(["of the first run"]);
  });

  it("of a pod that has ended are still found without a listing before", async () => {
    Object.assign(ecs.tasks[1] ?? {}, { desiredStatus: "STOPPED", lastStatus: "STOPPED" });
    expect(await read()).toEqual(["of the second run"]);
  });

  it("end when the container has ended", async () => {
    const done = read({ follow: true });
    await context.clock.advance(20_000);
    Object.assign(ecs.tasks[1] ?? {}, { lastStatus: "STOPPED" });
    await context.clock.advance(20_000);
    expect(await done).toEqual(["of the second run"]);
  });

  it("of an unknown container or pod are NotFound", async () => {
    await expect(read({}, "other")).rejects.toMatchObject({ code: "NotFound" });
    ecs.tasks.length = 0;
    await expect(read()).rejects.toMatchObject({ code: "NotFound" });
  });
});
