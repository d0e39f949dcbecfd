import { ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import {
  answerError,
  credentialsError,
  invalidAnswerError,
  networkError,
  timeoutError,
} from "../api/kube-api-error.ts";
import { NodeFixture, nodePath } from "../testdata/node-fixture.ts";
import { mayPass } from "./registration.ts";

const request = { method: "GET", path: nodePath };
const coded = (code: string) => Object.assign(new Error(code), { code });
const noAnswer = (code: string) => networkError(request, "https://c", coded(code));
const answer = (status: number, retryAfter?: string) => answerError(request, status, "", retryAfter, 0);

describe("a registration that failed", () => {
  it.each([
    noAnswer("ECONNREFUSED"),
    noAnswer("ENOTFOUND"),
    noAnswer("CERT_HAS_EXPIRED"),
    timeoutError(request, "no answer"),
    answer(409),
    answer(429, "120"),
    answer(500),
    answer(503),
  ])("may succeed later: %s", (error) => {
    expect(mayPass(error)).toBe(true);
  });

  it.each([
    noAnswer("SELF_SIGNED_CERT_IN_CHAIN"),
    noAnswer("ERR_SSL_WRONG_VERSION_NUMBER"),
    credentialsError(request, "https://c", coded("ENOENT")),
    invalidAnswerError(request, "not JSON"),
    answer(400),
    answer(401),
    answer(403),
    answer(404),
    answer(422),
    new ProviderError("InvalidInput", "region: must be named"),
    new Error("the Node belongs to another kubelet"),
  ])("is final: %s", (error) => {
    expect(mayPass(error)).toBe(false);
  });
});

describe("an API server that is out of reach at the start", () => {
  it("is asked again endlessly, with growing pauses and jitter, and gets its Node when it is back", async () => {
    const world = new NodeFixture();
    world.api.setDown(true);
    let tries = 0;
    const client = world.api.client(({ method }, when) => {
      if (method === "get" && when === "before") tries += 1;
    });
    const node = world.controller({}, client, () => 0.5);
    const waits: unknown[] = [];
    const started = node.start((error) => waits.push(error));
    await world.clock.advance(3_600_000);
    // 0.75, 1.5, 3, 6, 12 s and then 22.5 s.
    expect(tries).toBe(Math.floor((3_600 - 23.25) / 22.5) + 6);
    expect(waits).toHaveLength(tries);
    expect(String(node.lastError)).toContain(`GET ${nodePath}`);
    expect(world.warnings[0]).toMatchObject({ message: "cannot register the node, trying again" });
    world.api.setDown(false);
    await world.clock.advance(30_000);
    await started;
    expect(node.lastError).toBeUndefined();
    expect(world.condition("Ready")).toMatchObject({ status: "True" });
    await node.stop();
  });

  it("may turn out to refuse the node, which is told", async () => {
    const world = new NodeFixture();
    world.api.setDown(true);
    const client = world.api.client(() => {
      if (world.clock.now() > Date.parse("2026-01-01T00:01:00Z")) throw answer(403);
    });
    const started = world.controller({}, client).start();
    const refused = expect(started).rejects.toMatchObject({ status: 403 });
    await world.clock.advance(120_000);
    await refused;
  });

  it("does not keep the kubelet from stopping", async () => {
    const world = new NodeFixture();
    world.api.setDown(true);
    const node = world.controller();
    const started = node.start();
    const ended = expect(started).rejects.toThrow("the kubelet stops");
    await world.clock.advance(5_000);
    await node.stop();
    await ended;
  });
});
