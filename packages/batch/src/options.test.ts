import { expect, it } from "vitest";
import { parseBatchOptions } from "./options.ts";

const minimal = { nodeName: "n", region: "eu-west-1", jobQueue: "q", executionRoleArn: "arn:role" };

it("takes the least that is needed", () => {
  expect(parseBatchOptions(minimal)).toEqual(minimal);
});

it("names every wrong option at once, unknown ones too", () => {
  const wrong = { ...minimal, jobQueue: "", secrets: "perhaps", queue: "s" };
  expect(() => parseBatchOptions(wrong)).toThrow(
    expect.objectContaining({
      code: "InvalidInput",
      message: expect.stringMatching(/jobQueue: .*secrets: .*queue/s),
    }),
  );
});

it("needs an execution role for what AWS reads with it", () => {
  const { executionRoleArn: _role, ...without } = minimal;
  expect(parseBatchOptions(without)).toEqual(without);
  expect(() => parseBatchOptions({ ...without, registryCredentials: { "ghcr.io": "arn:x" } })).toThrow(
    /executionRoleArn: is needed for registryCredentials/,
  );
});
