import type { HealthCheck } from "@aws-sdk/client-ecs";
import type { LocatedContainer } from "@vkubelet/aws/translate";
import { expandProbeCommand, type FieldAccount } from "@vkubelet/pod";
import type { HealthPurpose } from "./health-purposes.ts";

/** The health check of a container, and which of its probes it stands for. */
export interface MappedHealth {
  readonly healthCheck: HealthCheck;
  readonly purposes: readonly HealthPurpose[];
}

/** What the API server defaults (pod-semantics R1), in seconds where it is a time. */
const probeDefaults = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  failureThreshold: 3,
  successThreshold: 1,
} as const;

type Probe = Readonly<Record<string, unknown>>;
type Threshold = keyof typeof probeDefaults;

/** API reference, HealthCheck: what ECS takes for each number. */
const ranges = {
  interval: { field: "periodSeconds", lowest: 5, highest: 300 },
  timeout: { field: "timeoutSeconds", lowest: 2, highest: 60 },
  retries: { field: "failureThreshold", lowest: 1, highest: 10 },
} as const;
const longestStartPeriod = 300;

const fields = {
  liveness: { field: "livenessProbe", accepted: "the container runs until it ends by itself" },
  readiness: { field: "readinessProbe", accepted: "the container is ready as soon as it runs" },
  startup: {
    field: "startupProbe",
    accepted: "the container counts as started as soon as it runs; the time it may take is kept",
  },
} as const;
const order: readonly HealthPurpose[] = ["liveness", "readiness", "startup"];

/**
 * The exec probes of a container as its one health check. ECS runs one command per container, so that probes with
 * another command than the first are issues. Probes that are not exec are none of its concern: the table rejects them.
 */
export function healthCheckOf(located: LocatedContainer, account: FieldAccount): MappedHealth | undefined {
  const execs = order.flatMap((purpose) => {
    const { field } = fields[purpose];
    const probe = located.written[field];
    const command = commandOf(probe);
    return probe && command ? [{ purpose, probe, command, path: `${located.path}.${field}` }] : [];
  });
  const [first] = execs;
  if (first === undefined) return undefined;
  if (located.container.kind === "init") {
    for (const { path } of execs) account.reject(path, "an init container has no probes: remove it");
    return undefined;
  }
  const same = execs.filter(({ command, path, purpose }) => {
    if (JSON.stringify(command) === JSON.stringify(first.command)) return true;
    account.reject(
      path,
      `ECS runs one health check per container, here that of ${fields[first.purpose].field}: give both the same command or remove one`,
      fields[purpose].accepted,
    );
    return false;
  });
  noteOthers(same, first.path, account);
  return {
    healthCheck: {
      command: ["CMD", ...expandProbeCommand(first.command, located.written)],
      ...numbersOf(first.probe, first.path, account),
      ...startPeriodOf(located, first.probe, first.path, account),
    },
    purposes: same.map(({ purpose }) => purpose),
  };
}

function commandOf(probe: Probe | undefined): readonly string[] | undefined {
  const exec = probe?.["exec"] as { readonly command?: unknown } | undefined;
  const command = exec?.command;
  return Array.isArray(command) && command.length > 0 ? command.map(String) : undefined;
}

function numberOf(probe: Probe, field: Threshold): number {
  const value = probe[field];
  // 0 is how clients write "not set".
  return typeof value === "number" && value !== 0 ? value : probeDefaults[field];
}

function numbersOf(
  probe: Probe,
  path: string,
  account: FieldAccount,
): Pick<HealthCheck, "interval" | "timeout" | "retries"> {
  const within = (name: keyof typeof ranges) => {
    const { field, lowest, highest } = ranges[name];
    const wanted = numberOf(probe, field);
    const given = Math.min(Math.max(wanted, lowest), highest);
    if (given !== wanted && probe[field] !== undefined) {
      account.approximate(`${path}.${field}`, `${given}, the nearest that ECS takes`);
    }
    return given;
  };
  return { interval: within("interval"), timeout: within("timeout"), retries: within("retries") };
}

/** Failures before the end of this time do not count: the delay of the probe, or all the time that a start may take. */
function startPeriodOf(
  { written, path: container }: LocatedContainer,
  probe: Probe,
  path: string,
  account: FieldAccount,
): Pick<HealthCheck, "startPeriod"> {
  const startup = written.startupProbe;
  const start = startup
    ? numberOf(startup, "initialDelaySeconds") +
      numberOf(startup, "failureThreshold") * numberOf(startup, "periodSeconds")
    : 0;
  const delay = numberOf(probe, "initialDelaySeconds");
  const wanted = Math.max(start, delay);
  if (wanted > longestStartPeriod) {
    account.approximate(
      start > delay ? `${container}.startupProbe.failureThreshold` : `${path}.initialDelaySeconds`,
      `${longestStartPeriod} s, the longest that ECS waits before failures count`,
    );
  }
  return wanted === 0 ? {} : { startPeriod: Math.min(wanted, longestStartPeriod) };
}

/** What the one health check cannot keep of the probes that it stands for. */
function noteOthers(
  probes: readonly { readonly probe: Probe; readonly path: string }[],
  first: string,
  account: FieldAccount,
): void {
  for (const { probe, path } of probes) {
    if (numberOf(probe, "successThreshold") > 1) {
      account.approximate(`${path}.successThreshold`, "one success is enough");
    }
    if (probe["terminationGracePeriodSeconds"] !== undefined) {
      account.approximate(`${path}.terminationGracePeriodSeconds`, "the grace period of the pod is used");
    }
    if (path !== first && !path.endsWith(".startupProbe")) {
      account.approximate(path, `its command is the same, so the numbers of ${first} hold for both`);
    }
  }
}
