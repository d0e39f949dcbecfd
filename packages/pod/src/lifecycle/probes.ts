import type { Container, FieldIssue, Pod } from "@vkubelet/core";
import { expandProbeCommand } from "../environment/expansion.ts";
import {
  type ActionContext,
  type ExecAction,
  execCommand,
  type HandlerFields,
  type HttpGetAction,
  httpGetAction,
  onlyHandler,
  portOf,
  type TcpSocketAction,
  tcpSocketAction,
} from "../status/container-action.ts";
import { isSidecar } from "../status/restart.ts";
import { defaultGracePeriodSeconds } from "./grace-period.ts";

/** `startup` holds the other two back until it has succeeded (pod-semantics R2). */
export type ProbeKind = "startup" | "liveness" | "readiness";

/** A question to the standard gRPC health service, in plain text; `SERVING` is success. */
export interface GrpcAction {
  readonly type: "grpc";
  readonly port: number;
  /** Empty: the server as a whole. */
  readonly service: string;
}

/** What a probe does (pod-semantics R5). The address is the pod's primary one where no host stands. */
export type ProbeAction = ExecAction | HttpGetAction | TcpSocketAction | GrpcAction;

/** One probe of one container with every default filled in (pod-semantics R1); times in seconds. */
export interface ResolvedProbe {
  readonly container: string;
  readonly kind: ProbeKind;
  readonly action: ProbeAction;
  /** Counted from the start of the container's present instance. */
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  /** Of one try; running out of it is a failure. */
  readonly timeoutSeconds: number;
  /** Equal results in a row after which success counts; 1 but for readiness. */
  readonly successThreshold: number;
  readonly failureThreshold: number;
  /** Grace of the kill that a failure brings: the probe's own, else the pod's. Absent for readiness, which kills nothing. */
  readonly terminationGracePeriodSeconds?: number;
}

/** The probes of a pod, and what can never work about them. */
export interface ProbeResolution {
  /** In the order of the containers, sidecars after main ones; startup, readiness, liveness of each. */
  readonly probes: readonly ResolvedProbe[];
  /** Of probes that are left out above. */
  readonly issues: readonly FieldIssue[];
}

interface ProbeFields extends HandlerFields {
  readonly grpc?: { readonly port: number; readonly service?: string };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
  readonly terminationGracePeriodSeconds?: number;
}

const kinds: readonly ProbeKind[] = ["startup", "readiness", "liveness"];
const handlers = ["exec", "httpGet", "tcpSocket", "grpc"];

/**
 * All probes of a pod as a kubelet would run them (pod-semantics R1, R5, R7, V6): defaults as the API fills them in,
 * commands expanded, ports as numbers. A probe that can never work (unknown port name, no handler or several, on an
 * init container that is no sidecar) is left out and named by an issue; nothing is thrown.
 */
export function resolveProbes(pod: Pod): ProbeResolution {
  const probes: ResolvedProbe[] = [];
  const issues: FieldIssue[] = [];
  const { spec } = pod;
  const podGrace = spec?.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds;
  for (const { container, path, allowed } of places(pod)) {
    for (const kind of kinds) {
      const fields: ProbeFields | undefined = container[`${kind}Probe`];
      if (fields === undefined || fields === null) continue;
      const context = { container, path: `${path}.${kind}Probe`, issues };
      if (!allowed) {
        const message = "only main containers and sidecars can be probed";
        issues.push({ path: context.path, message });
        continue;
      }
      const probe = resolveProbe(fields, kind, podGrace, context);
      if (probe !== undefined) probes.push(probe);
    }
  }
  return { probes, issues };
}

interface Place {
  readonly container: Container;
  readonly path: string;
  readonly allowed: boolean;
}

function places(pod: Pod): readonly Place[] {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  const place = (list: string, allowed: (container: Container) => boolean) => {
    return (container: Container, index: number): Place => ({
      container,
      path: `spec.${list}[${index}]`,
      allowed: allowed(container),
    });
  };
  return [
    ...containers.map(place("containers", () => true)),
    ...initContainers.map(place("initContainers", isSidecar)),
    ...ephemeralContainers.map(place("ephemeralContainers", () => false)),
  ];
}

function resolveProbe(
  fields: ProbeFields,
  kind: ProbeKind,
  podGrace: number,
  context: ActionContext,
): ResolvedProbe | undefined {
  const before = context.issues.length;
  const action = probeAction(fields, context);
  checkNumbers(fields, kind, context);
  if (action === undefined || context.issues.length > before) return undefined;
  return {
    container: context.container.name,
    kind,
    action,
    initialDelaySeconds: fields.initialDelaySeconds ?? 0,
    // The API takes 0 for "not set".
    periodSeconds: fields.periodSeconds || 10,
    timeoutSeconds: fields.timeoutSeconds || 1,
    successThreshold: fields.successThreshold || 1,
    failureThreshold: fields.failureThreshold || 3,
    ...(kind !== "readiness" && {
      terminationGracePeriodSeconds: fields.terminationGracePeriodSeconds ?? podGrace,
    }),
  };
}

function probeAction(fields: ProbeFields, context: ActionContext): ProbeAction | undefined {
  if (onlyHandler(fields, handlers, context) === undefined) return undefined;
  if (fields.exec) {
    const command = execCommand(fields.exec, context);
    return command && { type: "exec", command: expandProbeCommand(command, context.container) };
  }
  if (fields.httpGet) return httpGetAction(fields.httpGet, "probe", context);
  if (fields.tcpSocket) return tcpSocketAction(fields.tcpSocket, context);
  if (!fields.grpc) return undefined;
  const port = portOf(fields.grpc.port, `${context.path}.grpc.port`, context);
  return port === undefined ? undefined : { type: "grpc", port, service: fields.grpc.service ?? "" };
}

/** What the API refuses (pkg/apis/core/validation/validation.go validateProbe and its three callers). */
function checkNumbers(fields: ProbeFields, kind: ProbeKind, context: ActionContext): void {
  const issue = (name: string, message: string) =>
    context.issues.push({ path: `${context.path}.${name}`, message });
  for (const name of [
    "initialDelaySeconds",
    "periodSeconds",
    "timeoutSeconds",
    "successThreshold",
    "failureThreshold",
  ] as const) {
    if ((fields[name] ?? 0) < 0) issue(name, "must be 0 or more");
  }
  if (kind !== "readiness" && (fields.successThreshold || 1) !== 1) issue("successThreshold", "must be 1");
  const grace = fields.terminationGracePeriodSeconds;
  if (grace === undefined) return;
  if (kind === "readiness")
    issue("terminationGracePeriodSeconds", "cannot be set on a readiness probe: it kills nothing");
  else if (grace <= 0) issue("terminationGracePeriodSeconds", "must be greater than 0");
}
