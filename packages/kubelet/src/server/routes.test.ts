import { describe, expect, it } from "vitest";
import { matchRoute, requiredAccess } from "./routes.ts";

describe("matchRoute", () => {
  it.each([
    [
      "/containerLogs/a/p/c",
      { kind: "container-logs", target: { namespace: "a", pod: "p", container: "c" } },
    ],
    [
      "/containerLogs/a/p%20x/c",
      { kind: "container-logs", target: { namespace: "a", pod: "p x", container: "c" } },
    ],
    ["/containerLogs/a/p", { kind: "unknown" }],
    ["/containerLogs/a//c", { kind: "unknown" }],
    ["/containerLogs/a/p/c/d", { kind: "unknown" }],
    ["/pods", { kind: "pods" }],
    ["/pods/", { kind: "pods" }],
    ["/healthz", { kind: "healthz" }],
    ["/healthz/syncloop", { kind: "healthz", check: "syncloop" }],
    ["/healthz/other", { kind: "unknown" }],
    ["/exec/a/p/c", { kind: "exec", target: { namespace: "a", pod: "p", container: "c" } }],
    ["/attach/a/p/u/c", { kind: "attach", target: { namespace: "a", pod: "p", uid: "u", container: "c" } }],
    ["/run/a/p/c", { kind: "run", target: { namespace: "a", pod: "p", container: "c" } }],
    ["/exec/a/p", { kind: "unknown" }],
    ["/exec/a/p/u/c/d", { kind: "unknown" }],
    ["/exec/a/p//c", { kind: "unknown" }],
    ["/portForward/a/p", { kind: "port-forward", target: { namespace: "a", pod: "p" } }],
    ["/portForward/a/p/u", { kind: "port-forward", target: { namespace: "a", pod: "p", uid: "u" } }],
    ["/portForward/a", { kind: "unknown" }],
    ["/portForward/a/p/u/c", { kind: "unknown" }],
    ["/runningpods/", { kind: "running-pods" }],
    ["/metrics/resource", { kind: "resource-metrics" }],
    ["/stats/summary", { kind: "stats-summary" }],
    ["/metrics", { kind: "unsupported", what: "metrics", methods: ["GET"] }],
    ["/metrics/cadvisor", { kind: "unsupported", what: "metrics", methods: ["GET"] }],
    ["/constructor", { kind: "unknown" }],
    ["/", { kind: "unknown" }],
  ])("%s", (path, route) => expect(matchRoute(path)).toEqual(route));

  it("refuses a path that cannot be decoded", () => {
    expect(matchRoute("/containerLogs/%E0/p/c")).toBeUndefined();
  });
});

describe("requiredAccess", () => {
  it.each([
    ["GET", "/containerLogs/a/p/c", "get", "proxy"],
    ["GET", "/stats/summary", "get", "stats"],
    ["GET", "/metrics/resource", "get", "metrics"],
    ["GET", "/logs/x", "get", "log"],
    ["POST", "/checkpoint/a/p/c", "create", "checkpoint"],
    ["GET", "/pods", "get", "pods proxy"],
    ["GET", "/runningpods/", "get", "pods proxy"],
    ["GET", "/healthz/ping", "get", "healthz proxy"],
    ["GET", "/configz", "get", "configz proxy"],
    ["GET", "/statusz", "get", "statusz proxy"],
    ["DELETE", "/x", "delete", "proxy"],
    ["PUT", "/x", "update", "proxy"],
    ["OPTIONS", "/constructor", "options", "proxy"],
    // A WebSocket GET runs a command just as a POST does.
    ["GET", "/exec/a/p/c", "create", "proxy"],
    ["GET", "/%65xec/a/p/c", "create", "proxy"],
    ["GET", "/attach/a/p/c", "create", "proxy"],
    ["GET", "/portForward/a/p", "create", "proxy"],
    ["POST", "/run/a/p/c", "create", "proxy"],
  ])("%s %s needs %s on %s", (method, path, verb, subresources) => {
    expect(requiredAccess(method, path)).toEqual({ verb, subresources: subresources.split(" ") });
  });
});
