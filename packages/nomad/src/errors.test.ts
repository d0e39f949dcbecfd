import { describe, expect, it } from "vitest";
import { jobExistsReason } from "./client.ts";
import { errorOfAnswer, errorOfConnection } from "./errors.ts";

describe("errorOfAnswer", () => {
  it.each([
    [500, "Enforcing job modify index 0: job already exists", "Conflict"],
    [500, "rpc error: Enforcing job modify index 0: job already exists", "Conflict"],
    [500, "Enforcing job modify index 7: job exists with conflicting job modify index: 9", "Conflict"],
    [500, "Permission denied", "Unauthorized"],
    [403, "Permission denied", "Unauthorized"],
    [403, "ACL token not found", "Unauthorized"],
    [500, "No cluster leader", "Unavailable"],
    [500, "Not ready to serve consistent reads", "Unavailable"],
    [500, "rpc error: EOF", "Unavailable"],
    [500, "No path to region", "Unavailable"],
    [500, "job not found", "NotFound"],
    [404, 'task "main" not started yet. No logs available', "NotFound"],
    [500, "1 error occurred:\n\t* Task main validation failed: missing driver", "InvalidInput"],
    [400, "Request body too large", "InvalidInput"],
    [429, "Too Many Requests", "Throttled"],
    [409, "cas error: requested index 0; found index 7", "Conflict"],
    [502, "Bad Gateway", "Unavailable"],
    [500, "something else", "Internal"],
  ])("%i %s is %s", (status, text, code) => {
    const error = errorOfAnswer("register job j", status, text);
    expect(error.code).toBe(code);
    expect(error.message).toBe(`register job j failed: ${text}`);
  });

  it("marks a job that exists, says when to come back, and names an empty answer", () => {
    expect(errorOfAnswer("x", 500, "Enforcing job modify index 0: job already exists").reason).toBe(
      jobExistsReason,
    );
    expect(errorOfAnswer("x", 429, "").retryAfterMs).toBe(1_000);
    expect(errorOfAnswer("x", 500, "").message).toBe("x failed: HTTP 500");
  });

  it("wraps a connection that could not be made", () => {
    const error = errorOfConnection(
      "list jobs",
      new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") }),
    );
    expect(error).toMatchObject({
      code: "Unavailable",
      reason: "NomadUnreachable",
      message: "list jobs failed: Nomad agent not reached: ECONNREFUSED",
    });
  });
  it("names every address that was tried", () => {
    const cause = new AggregateError([
      new Error("connect ECONNREFUSED ::1:4646"),
      new Error("connect ECONNREFUSED 127.0.0.1:4646"),
    ]);
    expect(errorOfConnection("list jobs", new TypeError("fetch failed", { cause })).message).toBe(
      "list jobs failed: Nomad agent not reached: connect ECONNREFUSED ::1:4646, connect ECONNREFUSED 127.0.0.1:4646",
    );
  });
});
