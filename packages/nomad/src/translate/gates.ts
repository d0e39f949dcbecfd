import type { ResolvedContainer } from "@vkubelet/core";
import { taskName, taskVariable } from "./identity.ts";
import type { Template } from "./job-spec.ts";

/**
 * Nomad starts all prestart tasks at once. Every init container and sidecar but the first therefore waits for a Nomad
 * variable of its own, by a template that cannot be rendered before; the provider writes it when the stage before is
 * through. It works for every driver and needs nothing in the image.
 */
export interface Stage {
  readonly task: string;
  readonly kind: "init" | "sidecar";
}

/** The key that a gate's variable holds. */
export const gateItems = { vk_gate: "open" } as const;

/** The template that keeps a task pending until the variable at `path` is there. */
export function gateTemplate(path: string): Template {
  return {
    EmbeddedTmpl: `{{ with nomadVar "${path}" }}{{ .vk_gate.Value }}{{ end }}`,
    DestPath: "secrets/vk/gate",
    ChangeMode: "noop",
    Perms: "0400",
  };
}

/** Init containers and sidecars in the order in which they start. */
export function stagesOf(initContainers: readonly ResolvedContainer[]): readonly Stage[] {
  return initContainers.map((container) => ({
    task: taskName(container.name),
    kind: container.kind === "sidecar" ? "sidecar" : "init",
  }));
}

/** Stages as text of a job's Meta. Container names hold neither `:` nor `,`. */
export function formatStages(stages: readonly Stage[]): string {
  return stages.map((stage) => `${stage.kind}:${stage.task}`).join(",");
}

/** The opposite of {@link formatStages}; text of anybody else gives no stages. */
export function parseStages(text: string | undefined): readonly Stage[] {
  return (text ?? "").split(",").flatMap((entry): readonly Stage[] => {
    const [kind, task] = entry.split(":");
    return (kind === "init" || kind === "sidecar") && task ? [{ kind, task }] : [];
  });
}

/** The gate of each stage but the first: the stage's task and the path of the variable that opens it. */
export function gatePath(job: string, stage: Stage): string {
  return taskVariable(job, stage.task);
}
