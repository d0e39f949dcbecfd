import { expect, it } from "vitest";
import { optionsError } from "./options-error.ts";

it("names every wrong option by its path, and each unknown one", () => {
  const error = optionsError("fargate", [
    { path: ["subnets", 0], message: "is empty" },
    { path: ["logs"], message: "Unrecognized keys", keys: ["grup", "prefix"] },
    { path: [], message: "Unrecognized key", keys: ["subnet"] },
    { path: [], message: "expected an object" },
  ]);
  expect(error.code).toBe("InvalidInput");
  expect(error.issues).toEqual([
    { path: "subnets[0]", message: "is empty" },
    { path: "logs.grup", message: "is not an option of the fargate provider" },
    { path: "logs.prefix", message: "is not an option of the fargate provider" },
    { path: "subnet", message: "is not an option of the fargate provider" },
    { path: "options", message: "expected an object" },
  ]);
  expect(error.message.split("\n").slice(0, 2)).toEqual([
    "fargate provider options are wrong:",
    "subnets[0]: is empty",
  ]);
});
