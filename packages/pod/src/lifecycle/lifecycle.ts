import type { Container, FieldIssue, Pod } from "@vkubelet/core";
import {
  type ActionContext,
  type ExecAction,
  execCommand,
  type HandlerFields,
  type HttpGetAction,
  httpGetAction,
  onlyHandler,
} from "../status/container-action.ts";
import { isSidecar } from "../status/restart.ts";
import { defaultGracePeriodSeconds } from "./grace-period.ts";

/**
 * What a hook does (pod-semantics G9, G10). `exec`: the command as written, not expanded (V6). `httpGet`: any response
 * is success, even 500, and https answered in plain http is asked again over http. `sleep`: always succeeds unless the
 * container ends first. `tcpSocket`: always fails.
 */
export type HookAction =
  | ExecAction
  | HttpGetAction
  | { readonly type: "sleep"; readonly seconds: number }
  | { readonly type: "tcpSocket" };

/** The hooks of one container. */
export interface ResolvedLifecycle {
  readonly container: string;
  /** Runs beside the entrypoint; the pod goes on only after it. Its failure kills the container. */
  readonly postStart?: HookAction;
  /** Runs before the stop signal, on the container's grace; its failure is only told. */
  readonly preStop?: HookAction;
  /** Goes before the image's own (pod-semantics G7). */
  readonly stopSignal?: string;
}

/** The hooks of a pod, and what can never work about them. */
export interface LifecycleResolution {
  /** Of main containers and sidecars that have any, in that order. */
  readonly lifecycles: readonly ResolvedLifecycle[];
  readonly issues: readonly FieldIssue[];
}

interface HookFields extends HandlerFields {
  readonly sleep?: { readonly seconds?: number };
}

interface LifecycleFields {
  readonly postStart?: HookFields;
  readonly preStop?: HookFields;
  readonly stopSignal?: string;
}

const handlers = ["exec", "httpGet", "tcpSocket", "sleep"];
const signalName = /^SIG[A-Z0-9]+([+-]\d+)?$/;

/**
 * All hooks of a pod as a kubelet would run them (pod-semantics G7, G9, G10, V6). A hook that can never work is left
 * out and named by an issue; nothing is thrown. A `tcpSocket` hook is legal, and fails whenever it runs.
 */
export function resolveLifecycles(pod: Pod): LifecycleResolution {
  const lifecycles: ResolvedLifecycle[] = [];
  const issues: FieldIssue[] = [];
  const grace = pod.spec?.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds;
  const visit = (container: Container, path: string, allowed: boolean) => {
    const fields: LifecycleFields | undefined = container.lifecycle;
    if (fields === undefined || fields === null) return;
    if (!allowed) {
      issues.push({ path: `${path}.lifecycle`, message: "only main containers and sidecars have hooks" });
      return;
    }
    const lifecycle = resolveLifecycle(fields, grace, { container, path: `${path}.lifecycle`, issues });
    if (Object.keys(lifecycle).length > 1) lifecycles.push(lifecycle);
  };
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  for (const [index, container] of containers.entries()) visit(container, `spec.containers[${index}]`, true);
  for (const [index, container] of initContainers.entries()) {
    visit(container, `spec.initContainers[${index}]`, isSidecar(container));
  }
  for (const [index, container] of ephemeralContainers.entries()) {
    visit(container, `spec.ephemeralContainers[${index}]`, false);
  }
  return { lifecycles, issues };
}

/** The signal that asks a container to stop (pod-semantics G7): the pod's, else the image's, else SIGTERM. */
export function stopSignalOf(container: Container, imageStopSignal?: string): string {
  const fields: LifecycleFields = container.lifecycle ?? {};
  return fields.stopSignal || imageStopSignal || "SIGTERM";
}

function resolveLifecycle(fields: LifecycleFields, grace: number, context: ActionContext): ResolvedLifecycle {
  const hook = (name: "postStart" | "preStop") => {
    const hookFields = fields[name];
    if (hookFields === undefined || hookFields === null) return undefined;
    return hookAction(hookFields, grace, { ...context, path: `${context.path}.${name}` });
  };
  const postStart = hook("postStart");
  const preStop = hook("preStop");
  const { stopSignal } = fields;
  const signalLegal = stopSignal !== undefined && signalName.test(stopSignal);
  if (stopSignal !== undefined && !signalLegal) {
    const message = `must be the name of a signal such as SIGTERM, but is "${stopSignal}"`;
    context.issues.push({ path: `${context.path}.stopSignal`, message });
  }
  return {
    container: context.container.name,
    ...(postStart !== undefined && { postStart }),
    ...(preStop !== undefined && { preStop }),
    ...(signalLegal && { stopSignal }),
  };
}

function hookAction(fields: HookFields, grace: number, context: ActionContext): HookAction | undefined {
  if (onlyHandler(fields, handlers, context) === undefined) return undefined;
  if (fields.exec) {
    const command = execCommand(fields.exec, context);
    return command && { type: "exec", command };
  }
  if (fields.httpGet) return httpGetAction(fields.httpGet, "lifecycle", context);
  if (fields.tcpSocket) return { type: "tcpSocket" };
  const seconds = fields.sleep?.seconds ?? 0;
  if (seconds >= 0 && seconds <= grace) return { type: "sleep", seconds };
  const message = `must be from 0 to terminationGracePeriodSeconds (${grace}), but is ${seconds}`;
  context.issues.push({ path: `${context.path}.sleep.seconds`, message });
  return undefined;
}
