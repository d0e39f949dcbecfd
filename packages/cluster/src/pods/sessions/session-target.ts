import type { KubeObject } from "../../api/objects.ts";
import { badRequest } from "../../api/status-error.ts";
import { logContainer } from "../log.ts";

/** Subresources of pods that open a session. */
export type SessionSubresource = "exec" | "attach" | "portforward";

/** Options of `PodExecOptions` and `PodAttachOptions`, and what a kubelet calls them. */
const streams = { stdin: "input", stdout: "output", stderr: "error", tty: "tty" } as const;

/**
 * The path and query at the kubelet of a request for a session, as the API server writes them.
 * @throws StatusError 400 for a pod or container that no session can be had with
 */
export function sessionPath(
  subresource: SessionSubresource,
  pod: KubeObject,
  query: URLSearchParams,
): string {
  const { namespace = "", name } = pod.metadata;
  if (!pod.spec.nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
  if (subresource === "portforward") {
    const ports = query.getAll("ports").map((port) => `port=${encodeURIComponent(port)}`);
    const suffix = ports.length === 0 ? "" : `?${ports.join("&")}`;
    return `/portForward/${[namespace, name].map(encodeURIComponent).join("/")}${suffix}`;
  }
  const container = sessionContainer(subresource, pod, query.get("container"));
  const asked = new URLSearchParams();
  for (const [option, theirs] of Object.entries(streams)) {
    if (["true", "1"].includes(query.get(option) ?? "")) asked.append(theirs, "1");
  }
  for (const command of query.getAll("command")) asked.append("command", command);
  const path = [namespace, name, container].map(encodeURIComponent).join("/");
  return `/${subresource}/${path}?${asked}`;
}

/** Streams of a session belong to what runs now. */
function sessionContainer(subresource: "exec" | "attach", pod: KubeObject, asked: string | null): string {
  const phase = pod.status?.phase;
  if (subresource === "exec" && (phase === "Succeeded" || phase === "Failed")) {
    throw badRequest(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  }
  return logContainer(pod, asked);
}
