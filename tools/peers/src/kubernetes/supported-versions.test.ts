import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { peers } from "../registry.ts";

const root = new URL("../../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const minorOf = (version: string) => version.split(".").slice(0, 2).join(".");

describe("the supported versions of Kubernetes", () => {
  const newest = peers.kubernetes.version;
  const oldest = peers["kubernetes-oldest"].version;

  it("are those of the two control planes that the tests run on", () => {
    const [, from, to] =
      /Supported Kubernetes: (\S+) to (\d+\.\d+)\./.exec(read("packages/kubelet/README.md")) ?? [];
    expect([from, to]).toEqual([minorOf(oldest), minorOf(newest)]);
  });

  it.each([
    ["kubernetes", newest],
    ["kubernetes-oldest", oldest],
  ])("go/%s pins %s", (folder, version) => {
    const module = read(`tools/peers/go/${folder}/go.mod`);
    expect(module).toContain(`require k8s.io/kubernetes v${version}\n`);
    const staging = [...module.matchAll(/^replace (k8s\.io\/\S+) => \1 v(\S+)$/gm)].map((found) => found[2]);
    expect(new Set(staging)).toEqual(new Set([version.replace(/^1\./, "0.")]));
  });
});
