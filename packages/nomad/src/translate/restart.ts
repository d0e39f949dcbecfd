import type { ResolvedContainer } from "@vkubelet/core";
import { nanoseconds, type RestartPolicySpec } from "./job-spec.ts";

/** Five restarts ten seconds apart, then a pause until the five minutes are over, for ever: Nomad's crash loop. */
const forever: RestartPolicySpec = {
  Attempts: 5,
  Delay: nanoseconds(10),
  Interval: nanoseconds(300),
  Mode: "delay",
};

/** The end of the first instance is the end of the task, a failed start included. */
const never: RestartPolicySpec = {
  Attempts: 0,
  Delay: nanoseconds(10),
  Interval: nanoseconds(300),
  Mode: "fail",
};

/**
 * When Nomad starts a container again. That `OnFailure` ends with exit code 0 and `Always` does not follows from the
 * job's type (client/allocrunner/taskrunner/restarts of Nomad 1.11), see {@link jobType}.
 */
export function restartPolicy(container: ResolvedContainer): RestartPolicySpec {
  return container.restartPolicy === "Never" ? never : forever;
}

/** `service` starts main tasks again after success; `batch` does not. */
export function jobType(policy: "Always" | "OnFailure" | "Never"): "service" | "batch" {
  return policy === "Always" ? "service" : "batch";
}
