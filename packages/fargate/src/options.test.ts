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

it("needs the role with which AWS does what is asked for", () => {
  const asked = { logs: { group: "g" }, secretArns: { "shop/db": "arn:aws:ssm:r:1:parameter/db" } };
  expect(() => parseFargateOptions({ ...minimal, ...asked })).toThrow(
    /executionRoleArn: is needed for logs.*executionRoleArn: is needed for secretArns/s,
  );
  const options = { ...minimal, ...asked, executionRoleArn: "arn:role" };
  expect(parseFargateOptions(options)).toEqual(options);
});

it("takes file systems that can be mounted", () => {
  const withFileSystem = (fileSystem: object) => () =>
    parseFargateOptions({
      ...minimal,
      fileSystems: { "shop/data": { fileSystemId: "fs-1", ...fileSystem } },
    });
  expect(withFileSystem({ rootDirectory: "/a", iam: true })).not.toThrow();
  expect(withFileSystem({ rootDirectory: "a" })).toThrow(/fileSystems/);
  expect(withFileSystem({ rootDirectory: "/a", accessPointId: "fsap-1" })).toThrow(/name one of/);
});
