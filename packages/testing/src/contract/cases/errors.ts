import { isProviderError, type ProviderErrorCode } from "@vkubelet/core";
import { type CaseText, type ContractCase, type ContractNeed, casesOf } from "../contract-case.ts";
import { check, shown } from "../contract-violation.ts";
import type { FaultKind } from "../provider-under-test.ts";

/** A listing during which the backend fails in some way fails by the code that says so. */
function listing(kind: FaultKind, code: ProviderErrorCode, rule: string): CaseText {
  return {
    rule,
    needs: [`fault:list.${kind}` as ContractNeed],
    run: async (kit) => {
      const pod = await kit.startRunning();
      await kit.fault("list", kind);
      await kit.failsAs(code, "listPods", kit.list());
      await kit.running(pod);
    },
  };
}

/** A create during which the backend fails in some way fails by the code that says so, and succeeds later. */
function creating(kind: FaultKind, code: ProviderErrorCode, rule: string): CaseText {
  return {
    rule,
    needs: [`fault:create.${kind}` as ContractNeed],
    run: async (kit) => {
      const pod = kit.pod(kit.subject.workloads.runs());
      await kit.fault("create", kind);
      await kit.failsAs(code, "createPod", kit.create(pod));
      await kit.createAgain(pod);
      await kit.running(pod);
      await kit.checkRuns(pod, 1, `a create that failed as ${code} and another one`);
    },
  };
}

export const errorCases: readonly ContractCase[] = casesOf("errors", {
  "list-unavailable": listing(
    "unavailable",
    "Unavailable",
    "A listing while the backend cannot be reached fails as `Unavailable`; it is never short or empty.",
  ),
  "list-partial": listing(
    "partial",
    "Unavailable",
    "A listing of which only a part could be read fails: it is complete or an error.",
  ),
  "list-throttled": listing(
    "throttled",
    "Throttled",
    "A listing that the backend throttles fails as `Throttled`.",
  ),
  "list-unauthorized": listing(
    "unauthorized",
    "Unauthorized",
    "A listing for which the credentials are refused fails as `Unauthorized`.",
  ),
  "create-unavailable": creating(
    "unavailable",
    "Unavailable",
    "A create that the backend did not take fails as `Unavailable`, and a later one succeeds.",
  ),
  "create-throttled": creating(
    "throttled",
    "Throttled",
    "A create that the backend throttles fails as `Throttled`, and a later one succeeds.",
  ),
  "create-unauthorized": creating(
    "unauthorized",
    "Unauthorized",
    "A create for which the credentials are refused fails as `Unauthorized`, and a later one succeeds.",
  ),
  "create-capacity": creating(
    "capacity",
    "CapacityExceeded",
    "A create for which the backend has no room fails as `CapacityExceeded`, and a later one succeeds.",
  ),
  "delete-unavailable": {
    rule: "A deletion that the backend did not take fails, and its repetition ends the pod.",
    needs: ["fault:stop.unavailable"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      await kit.fault("stop", "unavailable");
      await kit.failsAs("Unavailable", "deletePod", kit.delete(pod.ref, 1));
      await kit.delete(pod.ref, 1);
      await kit.endOrAbsence(pod);
    },
  },
  "health-unavailable": {
    rule: "`checkHealth` says that a backend which cannot be reached is unhealthy, or fails as `Unavailable`.",
    needs: ["checkHealth", "fault:health.unavailable"],
    run: async (kit) => {
      const { provider, host } = kit;
      await kit.fault("health", "unavailable");
      const outcome = await host.bounded(
        Promise.resolve(provider.checkHealth?.(host.call())).catch((error: unknown) => ({ error })),
        "checkHealth",
      );
      if (outcome !== undefined && "error" in outcome) {
        const { error } = outcome;
        check(isProviderError(error) && error.code === "Unavailable", "it fails as Unavailable", error);
      } else {
        check(outcome?.healthy === false, "the backend is not healthy", outcome);
      }
    },
  },
  rejection: {
    rule: "A pod that can never run here is refused with the path of every offending field, and nothing starts.",
    needs: ["workload:impossible"],
    run: async (kit) => {
      const { container, field } = kit.workload("impossible")();
      const pod = kit.pod(container);
      const error = await kit.failure("createPod of an impossible pod", kit.create(pod));
      check(isProviderError(error), "the error is a ProviderError", error);
      check(["InvalidInput", "Unsupported"].includes(error.code), "the pod is refused for good", error);
      const path = `spec.containers[0].${field}`;
      check(
        error.issues.some((issue) => issue.path.startsWith(path)),
        `an issue names ${path}`,
        error.issues,
      );
      check((await kit.look(pod.ref)) === undefined, "nothing of the pod is listed");
      await kit.checkRuns(pod, 0, "a refusal");
    },
  },
  secrets: {
    rule: "No value of a Secret reaches an error, a notice or the log, and none an observation.",
    needs: ["fault:create.unavailable"],
    run: async (kit) => {
      const secret = "hunter2-of-the-contract";
      const pod = kit.pod(kit.subject.workloads.runs(), { secret });
      await kit.fault("create", "unavailable");
      const error = await kit.failure("createPod", kit.create(pod));
      const texts = [...causesOf(error), ...kit.host.said];
      if (isProviderError(error) && error.code === "InvalidInput")
        return "the provider takes no Secrets here";
      await kit.createAgain(pod);
      texts.push(JSON.stringify(await kit.running(pod)), ...kit.host.said);
      check(!texts.some((text) => text.includes(secret)), "no text holds the value of the Secret");
      return undefined;
    },
  },
});

/** An error's text, and that of everything that caused it. */
function causesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [shown(error)];
  return [shown(error), JSON.stringify(error), ...(error.cause === undefined ? [] : causesOf(error.cause))];
}
