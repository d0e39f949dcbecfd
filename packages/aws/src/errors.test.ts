import { ProviderError, providerErrorEffects } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { awsProviderError, callAws, isDefiniteRefusal } from "./errors.ts";

const vendor = (name: string, message = "text", extra: object = {}) =>
  Object.assign(new Error(message), { name, ...extra });

describe("errors of AWS", () => {
  it.each([
    [vendor("ThrottlingException", "Rate exceeded"), "Throttled"],
    [vendor("TooManyRequestsException"), "Throttled"],
    [
      vendor(
        "ClientException",
        "Too many concurrent attempts to create a new revision of the specified family.",
      ),
      "Throttled",
    ],
    [vendor("ClientException", "Unable to describe task definition."), "NotFound"],
    [vendor("InvalidParameterException", "The referenced task was not found."), "NotFound"],
    [vendor("ClientException", "TaskDefinition is inactive"), "Conflict"],
    [vendor("ClientException", "User: x is not authorized to perform: iam:PassRole"), "Unauthorized"],
    [vendor("ClientException", "bad value"), "InvalidInput"],
    [vendor("ClusterNotFoundException", "Cluster not found."), "NotFound"],
    [vendor("AccessDeniedException"), "Unauthorized"],
    [vendor("CredentialsProviderError", "Could not load credentials from any providers"), "Unauthorized"],
    [vendor("ServerException"), "Unavailable"],
    [vendor("Error", "socket hang up", { code: "ECONNRESET" }), "Unavailable"],
    [vendor("Error", "connect", { code: "ECONNREFUSED" }), "Unavailable"],
    [vendor("SomethingNew", "text", { $metadata: { httpStatusCode: 503 } }), "Unavailable"],
    [vendor("SyntaxError", "Unexpected token", { $response: { statusCode: 500 } }), "Unavailable"],
    [vendor("SomethingNew", "text", { $metadata: { httpStatusCode: 403 } }), "Unauthorized"],
    [vendor("SomethingNew"), "Internal"],
    ["thrown text", "Internal"],
  ])("%s is %s", (error, code) => {
    const mapped = awsProviderError(error, "doing it");
    expect(mapped.code).toBe(code);
    expect(mapped.message).toMatch(/^doing it: /);
    expect(mapped.cause).toBe(error);
  });

  it("says when to come back after throttling", () => {
    expect(awsProviderError(vendor("ThrottlingException"), "x").retryAfterMs).toBe(1000);
  });

  it("keeps a ProviderError as it is", () => {
    const error = new ProviderError("Conflict", "as it is");
    expect(awsProviderError(error, "doing it")).toBe(error);
  });
});

it("only an answer that refuses proves that nothing was created", () => {
  const definite = Object.keys(providerErrorEffects).filter((code) =>
    isDefiniteRefusal(new ProviderError(code as never, "text")),
  );
  expect(definite).not.toContain("Unavailable");
  expect(definite).not.toContain("Internal");
  expect(definite).toContain("Throttled");
  expect(isDefiniteRefusal(new Error("any"))).toBe(false);
});

it("an abort rejects with the signal's reason, before and during the call", async () => {
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  const running = callAws("doing it", controller.signal, async () => {
    controller.abort(reason);
    throw vendor("AbortError");
  });
  await expect(running).rejects.toBe(reason);
  const called = callAws("doing it", controller.signal, () => Promise.resolve("done"));
  await expect(called).rejects.toBe(reason);
});
