import { expect, it } from "vitest";
import { parseFargateOptions } from "./options.ts";

const minimal = { nodeName: "n", region: "eu-west-1", cluster: "c", subnets: ["s"] };

it("takes the least that is needed", () => {
  expect(parseFargateOptions(minimal)).toEqual(minimal);
});

it("names every wrong option at once, unknown ones too", () => {
  const wrong = { ...minimal, subnets: [], secrets: "perhaps", subnet: "s" };
  expect(() => parseFargateOptions(wrong)).toThrow(
    expect.objectContaining({
      code: "InvalidInput",
      message: expect.stringMatching(/subnets: .*secrets: .*subnet/s),
    }),
  );
});
