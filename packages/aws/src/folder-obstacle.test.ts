import { resolvedPodOf } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { cleanPath, folderObstacle } from "./folder-obstacle.ts";
import { locateContainers } from "./spec-paths.ts";

const volumes = [
  { name: "config", configMap: { name: "app" } },
  { name: "scratch", emptyDir: {} },
];

/** What stands against a single file at `path`, beside other mounts and with other fields of the container. */
function obstacleAt(path: string, mounts: readonly [string, string][] = [], fields: object = {}) {
  const volumeMounts = [
    { name: "config", mountPath: path, subPath: "a" },
    ...mounts.map(([name, mountPath]) => ({ name, mountPath })),
  ];
  const pod = resolvedPodOf(
    { containers: [{ name: "main", image: "a", volumeMounts, ...fields }], volumes },
    0,
    { configMaps: { app: { data: { a: "" } } } },
  );
  const [located] = locateContainers(pod);
  if (!located) throw new Error("the pod has a container");
  const folder = cleanPath(`${path}/..`);
  return folderObstacle(located, folder, located.container.mounts.slice(0, 1));
}

describe("cleanPath", () => {
  it.each([
    ["/", "/"],
    ["/a//b/./c/", "/a/b/c"],
    ["/a/../../b", "/b"],
  ])("%s is %s", (path, clean) => {
    expect(cleanPath(path)).toBe(clean);
  });
});

describe("the directory around a single file", () => {
  it.each([
    "/a.yaml",
    "/etc/a.yaml",
    "/tmp/a",
    "/usr/bin/a",
    "/usr/local/bin/a",
    "/lib64/a",
    "/usr/lib/a",
    "/usr/lib/x86_64-linux-gnu/a",
    "/var/a",
    "/var/run/a",
    "/proc/sys/a",
    "/dev/shm/a",
  ])("of %s belongs to the system", (path) => {
    expect(obstacleAt(path)).toContain("would leave hardly a program working");
  });

  it.each([
    "/etc/app/a",
    "/app/build/env.js",
    "/usr/local/etc/app/a.py",
    "/usr/lib/app/a",
    "/home/me/.a",
    "/mnt/a",
  ])("of %s can be replaced", (path) => {
    expect(obstacleAt(path)).toBeUndefined();
  });

  it.each<[[string, string][], string | undefined]>([
    [[["scratch", "/app/"]], "another volume is mounted at /app"],
    [[["config", "/"]], "/app lies in a volume that is mounted read-only"],
    [[["scratch", "/"]], undefined],
    [[["scratch", "/app/cache"]], undefined],
    [[["scratch", "/application"]], undefined],
    [[["scratch", "/app/a/b"]], "another volume is mounted below the file /app/a"],
  ])("beside mounts: %j %s", (mounts, reason) => {
    const obstacle = obstacleAt("/app/a", mounts);
    if (reason === undefined) expect(obstacle).toBeUndefined();
    else expect(obstacle).toContain(reason);
  });

  it.each<[object, boolean]>([
    [{ command: ["/app/server"] }, true],
    [{ command: ["./server"], workingDir: "/app" }, true],
    [{ command: ["/app/bin/server"] }, true],
    [{ command: ["server"], workingDir: "/app" }, false],
    [{ command: ["/bin/server", "/app/x"] }, false],
    [{ args: ["/app/server"] }, false],
  ])("must not hide the program: %j %s", (fields, hidden) => {
    const obstacle = obstacleAt("/app/a", [], fields);
    expect(obstacle?.includes("would hide the program") ?? false).toBe(hidden);
  });

  it("hides no program that another volume brings", () => {
    const fields = { command: ["/app/tools/run"] };
    expect(obstacleAt("/app/a", [["scratch", "/app/tools"]], fields)).toBeUndefined();
  });
});
