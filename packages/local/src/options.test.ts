import { describe, expect, it } from "vitest";
import { parseLocalProviderOptions } from "./options.ts";

function issuesOf(input: unknown): readonly string[] {
  try {
    parseLocalProviderOptions(input);
    return [];
  } catch (error) {
    return (error as { issues: readonly { path: string }[] }).issues.map(({ path }) => path);
  }
}

describe("parseLocalProviderOptions", () => {
  it("accepts what is documented", () => {
    const options = {
      directory: "/d",
      capacity: { cpu: "2", memory: "4Gi" },
      mounts: "reject",
      rescanMs: 1000,
    };
    expect(parseLocalProviderOptions(options)).toEqual(options);
  });

  it("names every wrong field, unknown ones included", () => {
    expect(
      issuesOf({
        directory: "relative",
        capacity: { cpu: "two" },
        mounts: "maybe",
        address: "here",
        colour: 1,
      }),
    ).toEqual(["directory", "capacity.cpu", "mounts", "address", "colour"]);
    expect(issuesOf(undefined)).toEqual(["options"]);
  });

  it("an image has a root or a command, with what an image says of itself", () => {
    const image = { root: "/srv", command: ["sh"], workingDir: "/w", user: "1:2", env: { A: "b" } };
    expect(
      issuesOf({ directory: "/d", images: { a: image, b: { root: "/r" }, c: { command: ["x"] } } }),
    ).toEqual([]);
    expect(
      issuesOf({
        directory: "/d",
        images: { a: { user: "1" }, b: { root: "r", user: "a:b:c" }, c: { command: [] } },
      }),
    ).toEqual(["images.a", "images.b.root", "images.b.user", "images.c.command"]);
  });

  it("puts each on a line of its message", () => {
    expect(() => parseLocalProviderOptions({ directory: "x" })).toThrow(
      "local provider options are wrong:\ndirectory: must be an absolute path",
    );
  });
});
