import type { ContractNeed } from "./contract-case.ts";
import type {
  ContractFaults,
  ContractWorkloads,
  ProviderUnderTest,
  RequestFaults,
} from "./provider-under-test.ts";

/** Why a case that needs this cannot be tried on the provider; undefined when it can. */
export function missingNeed(subject: ProviderUnderTest, need: ContractNeed): string | undefined {
  const { provider } = subject;
  switch (need) {
    case "watchPods":
    case "logs":
    case "exec":
    case "updatePod":
    case "releasePod":
    case "checkHealth":
      return provider[need] === undefined ? `the provider has no ${need}` : undefined;
    case "asyncDispose":
      return provider[Symbol.asyncDispose] === undefined ? "the provider has no asyncDispose" : undefined;
    case "runsOf":
      return subject.runsOf === undefined ? "nothing counts runs at the backend (runsOf)" : undefined;
    case "neighbour":
      return subject.neighbour === undefined ? "the backend has one node (neighbour)" : undefined;
    case "restarts:runtime":
      return provider.traits.restarts === "provider" ? "the provider restarts containers itself" : undefined;
    case "restarts:provider":
      return provider.traits.restarts === "runtime"
        ? "the runtime restarts pods for this provider"
        : undefined;
    default:
      return missingPart(subject, need);
  }
}

function missingPart({ workloads, faults }: ProviderUnderTest, need: string): string | undefined {
  const [kind = "", rest = ""] = need.split(":");
  if (kind === "workload") {
    const there = workloads[rest as keyof ContractWorkloads] !== undefined;
    return there ? undefined : `the backend has no workload that ${phrases[rest] ?? rest}`;
  }
  const [point, fault] = rest.split(".") as [keyof ContractFaults, keyof RequestFaults];
  return faults?.[point]?.[fault] === undefined
    ? `no fault ${point}.${fault} can be brought about`
    : undefined;
}

const phrases: Readonly<Record<string, string>> = {
  exits: "ends with a code",
  prints: "prints lines",
  printsFile: "prints a file that changes",
  ignoresStop: "ignores the stop signal",
  endsOnStop: "ends by itself on the stop signal",
  impossible: "can never run",
  command: "takes commands",
};
