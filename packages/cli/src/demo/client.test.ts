import { describe, expect, it } from "vitest";
import { objectPath } from "./client.ts";

describe("objectPath", () => {
  it("is the path of the API group, the namespace and the name", () => {
    expect(objectPath("Pod")).toBe("/api/v1/pods");
    expect(objectPath("Node", undefined, "vk-local")).toBe("/api/v1/nodes/vk-local");
    expect(objectPath("Deployment", "default")).toBe("/apis/apps/v1/namespaces/default/deployments");
    expect(objectPath("Job", "a", "b")).toBe("/apis/batch/v1/namespaces/a/jobs/b");
  });

  it("escapes names, and names a kind that it does not know", () => {
    expect(objectPath("Pod", "a/b", "c")).toBe("/api/v1/namespaces/a%2Fb/pods/c");
    expect(() => objectPath("Ingress")).toThrow("Ingress");
  });
});
