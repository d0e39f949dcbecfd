import type { ResolvedPod } from "@vkubelet/core";
import { digest64 } from "./digest.ts";
import type { JobSpec, Task } from "./job-spec.ts";

/**
 * A digest of what a running pod cannot be given anew, to tell an update that only writes variables from one that would
 * change the job. A container keeps the environment with which it was started, and so what is worked out from it
 * (pod-semantics N6): of commands and mounts the text of the pod counts, in which no variable is replaced yet. Registry
 * credentials count for the start as well.
 */
export function specHash(job: JobSpec, { pod }: ResolvedPod): string {
  const groups = job.TaskGroups.map((group) => ({ ...group, Tasks: group.Tasks.map(withoutStart) }));
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  const texts = containers.map(({ name, command, args, volumeMounts }) => [
    name,
    command,
    args,
    volumeMounts,
  ]);
  return digest64(JSON.stringify([{ ...job, TaskGroups: groups }, texts]));
}

/** The task without what counts for the start of its container alone. */
function withoutStart(started: Task): object {
  const { Env: _, Config, Templates = [], Secrets: _s, Constraints: _r, ...task } = started;
  const { entrypoint: _e, command: _c, args: _a, mount: _m, volumes: _v, auth: _l, ...config } = Config;
  return { ...task, Config: config, Templates: Templates.filter(({ Envvars }) => Envvars !== true) };
}
