import { describe, expect, it } from "vitest";
import { parseLogRequest } from "./log-request.ts";

const now = Date.parse("2026-01-01T00:10:00Z");
const parse = (query: string) => parseLogRequest(new URLSearchParams(query), now);
const undecodable = { refusal: { status: 400, text: '{"message": "Unable to decode query."}' } };
const invalid = { refusal: { status: 422, text: '{"message": "Invalid request."}' } };

describe("parseLogRequest", () => {
  it("asks for everything so far without parameters", () => {
    expect(parse("")).toEqual({ request: { follow: false, previous: false, timestamps: false } });
  });

  it("takes all parameters of the API server", () => {
    const query =
      "follow=true&previous=true&timestamps=true&sinceSeconds=60&tailLines=5&limitBytes=100&stream=All";
    expect(parse(query.replace("&stream=All", ""))).toEqual({
      request: {
        follow: true,
        previous: true,
        timestamps: true,
        sinceTime: "2026-01-01T00:09:00.000Z",
        tailLines: 5,
        limitBytes: 100,
      },
    });
    expect(parse("sinceTime=2025-12-31T23:00:00%2B01:00&stream=All")).toMatchObject({
      request: { sinceTime: "2025-12-31T22:00:00.000Z" },
    });
    expect(parse("tailLines=0")).toMatchObject({ request: { tailLines: 0 } });
  });

  it("knows the old alias tail", () => {
    expect(parse("tail=3&tailLines=7")).toMatchObject({ request: { tailLines: 3 } });
    expect(parse("tail=all&tailLines=7")).toEqual(parse(""));
    expect(parse("tail=&tailLines=7")).toMatchObject({ request: { tailLines: 7 } });
  });

  it.each([
    ["follow=1", true],
    ["follow=", true],
    ["follow=FALSE", false],
    ["follow=0", false],
  ])("reads %s as Kubernetes does", (query, follow) => {
    expect(parse(query)).toMatchObject({ request: { follow } });
  });

  it.each(["tailLines=x", "limitBytes=1.5", "sinceSeconds=", "sinceTime=yesterday", "sinceTime=2026-01-01"])(
    "cannot decode %s",
    (query) => expect(parse(query)).toEqual(undecodable),
  );

  it.each([
    "tailLines=-1",
    "limitBytes=0",
    "sinceSeconds=0",
    "sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z",
    "stream=Both",
    "stream=Stdout&tailLines=1",
  ])("refuses %s", (query) => expect(parse(query)).toEqual(invalid));

  it("serves both streams together only", () => {
    expect(parse("stream=Stderr")).toMatchObject({ refusal: { status: 400 } });
  });

  it("survives absurd numbers", () => {
    expect(parse("sinceSeconds=9223372036854775807")).toMatchObject({
      request: { sinceTime: "1970-01-01T00:00:00.000Z" },
    });
  });
});
