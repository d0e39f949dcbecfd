import { describe, expect, it } from "vitest";
import { localImage } from "./local-image.ts";

const images = {
  "registry.example:5000/*": { command: ["any"] },
  "registry.example:5000/app": { command: ["app"] },
  "busybox:1.36": { command: ["old"] },
  busybox: { command: ["new"] },
  "a.c/x": { command: ["dot"] },
};
const found = (image: string) => localImage(image, images)?.command?.[0];

describe("localImage", () => {
  it("takes a name with its tag before one without, and a name before a pattern", () => {
    expect(found("busybox:1.36")).toBe("old");
    expect(found("busybox:1.37")).toBe("new");
    expect(found("busybox")).toBe("new");
    expect(found("registry.example:5000/app:1@sha256:abc")).toBe("app");
    expect(found("registry.example:5000/deep/other:1")).toBe("any");
  });

  it("takes every other character for itself", () => {
    expect(found("abc/x")).toBeUndefined();
    expect(found("a.c/x")).toBe("dot");
    expect(found("toString")).toBeUndefined();
    expect(found("")).toBeUndefined();
  });
});
