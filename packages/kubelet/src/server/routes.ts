import type { NodeAccess } from "./authorizer.ts";
import type { ContainerTarget, PodTarget } from "./targets.ts";

/** What a path of the kubelet API stands for. */
export type Route =
  | { readonly kind: "container-logs"; readonly target: ContainerTarget }
  | { readonly kind: "exec" | "attach"; readonly target: ContainerTarget }
  | { readonly kind: "run"; readonly target: ContainerTarget }
  | { readonly kind: "port-forward"; readonly target: PodTarget }
  | { readonly kind: "pods" | "running-pods" }
  /** What the pods use: for metrics-server, or for monitoring agents. */
  | { readonly kind: "resource-metrics" | "stats-summary" }
  /** `check` names one of the checks; without it all are run. */
  | { readonly kind: "healthz"; readonly check?: string }
  /** A route of a real kubelet that this one lacks; `what` names it for people. */
  | { readonly kind: "unsupported"; readonly what: string; readonly methods: readonly string[] }
  | { readonly kind: "unknown" };

/** The checks behind `/healthz`. */
export const healthChecks = ["ping", "log", "syncloop"] as const;

const unsupported: Readonly<Record<string, string>> = {
  metrics: "metrics",
  stats: "this part of the stats",
  configz: "configz",
  logs: "logs of the node",
  statusz: "statusz",
  flagz: "flagz",
  debug: "debug endpoints",
};

/** The route of a path, or undefined for a path that is not validly encoded. */
export function matchRoute(path: string): Route | undefined {
  const segments = decodeSegments(path);
  if (segments === undefined) return undefined;
  const [head = "", ...rest] = segments;
  if (head === "containerLogs") {
    const [namespace, pod, container] = rest;
    return rest.length === 3 && namespace && pod && container
      ? { kind: "container-logs", target: { namespace, pod, container } }
      : { kind: "unknown" };
  }
  if (head === "exec" || head === "attach" || head === "run") {
    const target = containerTarget(rest);
    return target === undefined ? { kind: "unknown" } : { kind: head, target };
  }
  if (head === "portForward") {
    const target = podTarget(rest);
    return target === undefined ? { kind: "unknown" } : { kind: "port-forward", target };
  }
  if (head === "pods" && isEnd(rest)) return { kind: "pods" };
  if (head === "runningpods" && isEnd(rest)) return { kind: "running-pods" };
  if (head === "metrics" && rest[0] === "resource" && isEnd(rest.slice(1)))
    return { kind: "resource-metrics" };
  if (head === "stats" && rest[0] === "summary" && isEnd(rest.slice(1))) return { kind: "stats-summary" };
  if (head === "healthz") {
    const [check] = rest;
    if (isEnd(rest)) return { kind: "healthz" };
    const known = rest.length === 1 && (healthChecks as readonly (string | undefined)[]).includes(check);
    return known && check !== undefined ? { kind: "healthz", check } : { kind: "unknown" };
  }
  if (head === "checkpoint") return { kind: "unsupported", what: "checkpoints", methods: ["POST"] };
  const known = Object.hasOwn(unsupported, head) ? unsupported[head] : undefined;
  return known === undefined ? { kind: "unknown" } : { kind: "unsupported", what: known, methods: ["GET"] };
}

/** `{namespace}/{pod}/{container}`, or with the UID before the container. */
function containerTarget(rest: readonly string[]): ContainerTarget | undefined {
  const [container, ...pod] = rest.toReversed();
  const target = podTarget(pod.reverse());
  return target === undefined || !container ? undefined : { ...target, container };
}

/** `{namespace}/{pod}`, or with the UID. */
function podTarget(rest: readonly string[]): PodTarget | undefined {
  const [namespace, pod, uid] = rest;
  if (!namespace || !pod || rest.length > 3) return undefined;
  if (rest.length === 2) return { namespace, pod };
  return uid ? { namespace, pod, uid } : undefined;
}

/** Nothing more, or a trailing slash. */
function isEnd(rest: readonly string[]): boolean {
  return rest.length === 0 || (rest.length === 1 && rest[0] === "");
}

function decodeSegments(path: string): readonly string[] | undefined {
  try {
    return path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

const verbs: Readonly<Record<string, string>> = {
  GET: "get",
  HEAD: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** Paths that run or reach something inside a pod. */
const actions = new Set(["exec", "attach", "portForward", "run"]);

/** Paths with a subresource of their own, which is asked for first where `proxy` is allowed too. */
const subresources: Readonly<Record<string, readonly string[]>> = {
  stats: ["stats"],
  metrics: ["metrics"],
  logs: ["log"],
  checkpoint: ["checkpoint"],
  pods: ["pods", "proxy"],
  runningpods: ["pods", "proxy"],
  healthz: ["healthz", "proxy"],
  configz: ["configz", "proxy"],
  statusz: ["statusz", "proxy"],
};

/**
 * The right that a request needs, by the kubelet's table. One thing is stricter than there: exec, attach, port-forward
 * and run need `create` whatever the method, since a WebSocket GET does the same as a POST, and whoever may only read
 * must not run commands.
 */
export function requiredAccess(method: string, path: string): NodeAccess {
  const head = decodeSegments(path)?.[0] ?? "";
  const verb = actions.has(head) ? "create" : (verbs[method] ?? method.toLowerCase());
  const own = Object.hasOwn(subresources, head) ? subresources[head] : undefined;
  return { verb, subresources: own ?? ["proxy"] };
}
