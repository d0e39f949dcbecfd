import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseOutcome, renderOutcome } from "./outcome.ts";

describe("the outcome of a session", () => {
  it("reads as a kubelet's", () => {
    expect(renderOutcome({ kind: "exited", exitCode: 0 }, "status")).toBe(
      '{"metadata":{},"status":"Success"}',
    );
    expect(JSON.parse(renderOutcome({ kind: "exited", exitCode: 7 }, "status"))).toEqual({
      metadata: {},
      status: "Failure",
      reason: "NonZeroExitCode",
      message: "command terminated with non-zero exit code: exit status 7",
      details: { causes: [{ reason: "ExitCode", message: "7" }] },
    });
    const failed = { kind: "failed", message: "error executing command in container: no" } as const;
    expect(JSON.parse(renderOutcome(failed, "status"))).toMatchObject({
      status: "Failure",
      reason: "InternalError",
      code: 500,
      message: "Internal error occurred: error executing command in container: no",
    });
  });

  it("is a text for old clients, and none for success", () => {
    expect(renderOutcome({ kind: "exited", exitCode: 0 }, "text")).toBe("");
    expect(renderOutcome({ kind: "exited", exitCode: 1 }, "text")).toBe(
      "command terminated with non-zero exit code: exit status 1",
    );
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), (exitCode) => {
        expect(parseOutcome(renderOutcome({ kind: "exited", exitCode }, "status"))).toEqual({
          kind: "exited",
          exitCode,
        });
      }),
    );
    expect(parseOutcome("")).toEqual({ kind: "exited", exitCode: 0 });
    expect(parseOutcome("broken")).toEqual({ kind: "failed", message: "broken" });
  });

  it("is a failure for whatever a server says that is no outcome", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(["failed", "exited"]).toContain(parseOutcome(text).kind);
      }),
    );
    expect(parseOutcome("null")).toEqual({ kind: "failed", message: "null" });
    expect(
      parseOutcome(
        '{"reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"300"}]}}',
      ).kind,
    ).toBe("failed");
  });
});
