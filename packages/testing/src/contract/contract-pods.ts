import type { Container, EnvVar, ResolvedPod, RestartPolicy } from "@vkubelet/core";
import { type ManifestObject, manifestInputs, resolvePod } from "@vkubelet/pod";
import type { WorkloadContainer } from "./provider-under-test.ts";

/** What a case says of a pod beyond its containers. */
export interface ContractPodOptions {
  /** Default: one that no other pod has. The same as that of a pod before: that pod, changed. */
  readonly uid?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  /** Default: a name that no other pod of the case has. */
  readonly name?: string;
  /** Default `Never`: the backend runs the pod once, whoever restarts containers. */
  readonly restartPolicy?: RestartPolicy;
  readonly initContainers?: Readonly<Record<string, WorkloadContainer>>;
  readonly terminationGracePeriodSeconds?: number;
  /** Value of the variable `CONTRACT` of every container. */
  readonly variable?: string;
  /** Value of the variable `CONTRACT_SECRET` of every container, which comes from a Secret. */
  readonly secret?: string;
  /** The line in the file at {@link filePath} of every container, which comes from a Secret. */
  readonly file?: string;
}

const fileMount = { name: "contract-file", mountPath: "/contract-file" } as const;
/** Where the file of a pod stands that has one. */
export const filePath: string = `${fileMount.mountPath}/value`;

/** A pod with a UID of its own, resolved as a host does it. */
export function contractPod(
  containers: Readonly<Record<string, WorkloadContainer>>,
  options: ContractPodOptions & { readonly name: string },
): ResolvedPod {
  const { namespace = "default", name, restartPolicy = "Never", terminationGracePeriodSeconds = 2 } = options;
  const { uid = crypto.randomUUID(), labels, file } = options;
  const env = variablesOf(options);
  const all = (named: Readonly<Record<string, WorkloadContainer>> = {}): Container[] =>
    Object.entries(named).map(([container, rest]) => ({
      ...rest,
      name: container,
      ...(env.length === 0 ? {} : { env: [...(rest.env ?? []), ...env] }),
      ...(file === undefined ? {} : { volumeMounts: [fileMount] }),
    }));
  const initContainers = all(options.initContainers);
  const spec = {
    restartPolicy,
    terminationGracePeriodSeconds,
    ...(initContainers.length === 0 ? {} : { initContainers }),
    containers: all(containers),
    ...(file === undefined
      ? {}
      : { volumes: [{ name: fileMount.name, secret: { secretName: fileMount.name } }] }),
  };
  const outcome = resolvePod(
    { apiVersion: "v1", kind: "Pod", metadata: { namespace, name, uid, ...(labels && { labels }) }, spec },
    manifestInputs(
      [...secretsOf("contract", options.secret, namespace), ...secretsOf(fileMount.name, file, namespace)],
      { namespace },
    ),
  );
  if (outcome.type === "waiting") throw new Error(`pod ${name} cannot be resolved: it waits`);
  return outcome.pod;
}

/** The same run of the same pod, or another of it, with a value that may have changed since. */
export function again(pod: ResolvedPod, change: { attempt?: number; variable?: string } = {}): ResolvedPod {
  const { attempt = pod.attempt, variable } = change;
  if (variable === undefined) return { ...pod, attempt };
  const containers = pod.containers.map((container) => ({
    ...container,
    env: container.env.map((entry) =>
      entry.name === "CONTRACT" ? { ...entry, value: { parts: [variable], secret: false } } : entry,
    ),
  }));
  return { ...pod, attempt, containers };
}

function variablesOf({ variable, secret }: ContractPodOptions): readonly EnvVar[] {
  return [
    ...(variable === undefined ? [] : [{ name: "CONTRACT", value: variable }]),
    ...(secret === undefined
      ? []
      : [{ name: "CONTRACT_SECRET", valueFrom: { secretKeyRef: { name: "contract", key: "value" } } }]),
  ];
}

function secretsOf(name: string, value: string | undefined, namespace: string): readonly ManifestObject[] {
  if (value === undefined) return [];
  const object = { apiVersion: "v1", kind: "Secret", metadata: { name, namespace } };
  return [{ ...object, stringData: { value } } as ManifestObject];
}
