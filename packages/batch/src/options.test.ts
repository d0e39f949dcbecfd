import { expect, it } from "vitest";
import { parseBatchOptions } from "./options.ts";

const minimal = { nodeName: "n", region: "eu-west-1", jobQueue: "q" };

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
