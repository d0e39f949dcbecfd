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

it("needs an execution role on Fargate, and elsewhere for what AWS reads with it", () => {
  const { executionRoleArn: _role, ...without } = minimal;
  expect(() => parseBatchOptions(without)).toThrow(/executionRoleArn: is needed on Fargate/);
  const onEc2 = { ...without, platform: "EC2" as const };
  expect(parseBatchOptions(onEc2)).toEqual(onEc2);
  expect(() => parseBatchOptions({ ...onEc2, registryCredentials: { "ghcr.io": "arn:x" } })).toThrow(
    /executionRoleArn: is needed for registryCredentials/,
  );
});
