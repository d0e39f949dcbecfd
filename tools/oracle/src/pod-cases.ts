import type { Container, PodSpec, ResourceList, ResourceRequirements } from "@vkubelet/core";
import {
  containerResources,
  effectiveResources,
  Quantity,
  qosClassOf,
  resourceFieldValue,
} from "@vkubelet/pod";
import type { CaseKind } from "./case-kind.ts";
import { wellFormed } from "./quantity-cases.ts";
import type { Random } from "./random.ts";

interface FieldQuestion {
  readonly container: string;
  readonly resource: string;
  readonly divisor: string;
}

/** A pod, the node's allocatable resources, and references to resources of its containers. */
export type PodCase = readonly [spec: PodSpec, allocatable: ResourceList, fields: readonly FieldQuestion[]];

const common = [
  "0",
  "1",
  "2",
  "100m",
  "250m",
  "0.5",
  "64Mi",
  "128Mi",
  "1Gi",
  "1G",
  "1e3",
  "0.0001",
  "1.0005",
];
const names = ["cpu", "memory", "ephemeral-storage", "nvidia.com/gpu"];
const pages = ["hugepages-2Mi", "hugepages-1Gi"];
const divisors = ["0", "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

/** Pods with containers, init containers and sidecars in any order, pod-level resources and overhead. */
export const podCases: CaseKind<PodCase> = {
  name: "pod",
  generate: (random) => {
    const containers = some(1 + random.below(3), (index) => container(random, `c${index}`));
    const initContainers = some(random.below(4), (index) => ({
      ...container(random, `i${index}`),
      ...(random.chance(50) && { restartPolicy: "Always" as const }),
    }));
    const spec: PodSpec = {
      containers,
      ...(initContainers.length > 0 && { initContainers }),
      ...(random.chance(25) && { resources: podLevel(random) }),
      ...(random.chance(15) && { overhead: list(random, ["cpu", "memory"]) }),
    };
    const fields = some(random.below(4), () => field(random, [...containers, ...initContainers]));
    return [spec, list(random, ["cpu", "memory", "ephemeral-storage"]), fields];
  },
  isValid,
  question: (parts) => parts,
  answer: ([spec, nodeAllocatable, fields]) => {
    const effective = effectiveResources(spec);
    const all = [...(spec.initContainers ?? []), ...spec.containers];
    return {
      pod: { requests: texts(effective.requests), limits: texts(effective.limits) },
      containers: all.map((one) => {
        const { requests, limits } = containerResources(one);
        return { requests: sorted(requests), limits: sorted(limits) };
      }),
      qos: qosClassOf(spec),
      fields: fields.map(({ container: name, resource, divisor }) => {
        const found = all.find((one) => one.name === name);
        if (!found) throw new Error(`the pod has no container ${name}`);
        return resourceFieldValue(found, { resource, divisor }, { nodeAllocatable });
      }),
    };
  },
};

/** What the oracle can read: quantities where there are any, and fields of containers that there are. */
function isValid([spec, allocatable, fields]: PodCase): boolean {
  const all = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const lists = [spec, ...all].flatMap(({ resources }) => [resources?.requests, resources?.limits]);
  const amounts = [...lists, spec.overhead, allocatable].flatMap((list) => Object.values(list ?? {}));
  return (
    spec.containers !== undefined &&
    all.every(
      ({ restartPolicy, name, image }) => name && image && (!restartPolicy || restartPolicy === "Always"),
    ) &&
    amounts.every((text) => isAmount(`${text}`)) &&
    fields.every(
      ({ container, resource, divisor }) =>
        all.some(({ name }) => name === container) &&
        /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-[12][MG]i)$/.test(resource) &&
        (resource.endsWith("cpu") ? ["0", "1", "1m"] : divisors).includes(divisor),
    )
  );
}

/** Whether Kubernetes can read the text and count it in thousandths without an overflow, even in a sum. */
function isAmount(text: string): boolean {
  const readable = /^(\d+\.?\d*|\.\d+)([numkMG]|[KMG]i|[eE][+-]?\d{1,2})?$/.test(text);
  return readable && Quantity.parse(text).ceilToMilli() < 2n ** 58n;
}

function some<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function container(random: Random, name: string): Container {
  return { name, image: "i", ...(random.chance(85) && { resources: requirements(random, names) }) };
}

function requirements(random: Random, kinds: readonly string[]): ResourceRequirements {
  const limits = random.chance(60) ? list(random, kinds) : undefined;
  const requests = random.chance(60)
    ? random.chance(30) && limits
      ? { ...limits }
      : list(random, kinds)
    : undefined;
  // Huge pages cannot be overcommitted: the API takes them only as a limit, which the request equals.
  const huge =
    kinds === names && random.chance(15) ? { [random.pick(pages)]: random.pick(["2Mi", "4Mi", "1Gi"]) } : {};
  const all = { ...limits, ...huge };
  return {
    ...(Object.keys(all).length > 0 && { limits: all }),
    ...(requests && { requests }),
  };
}

function podLevel(random: Random): ResourceRequirements {
  return requirements(random, ["cpu", "memory"]);
}

function list(random: Random, kinds: readonly string[]): ResourceList {
  const amounts: Record<string, string> = {};
  for (const kind of kinds) {
    if (random.chance(60)) amounts[kind] = amount(random);
  }
  return amounts;
}

/** Never negative, which the API refuses, and small enough for a sum that Kubernetes prints with its suffix. */
function amount(random: Random): string {
  if (random.chance(60)) return random.pick(common);
  const text = wellFormed(random, [""]);
  return isAmount(text) ? text : random.pick(common);
}

function field(random: Random, containers: readonly Container[]): FieldQuestion {
  const name = random.pick(["cpu", "memory", "ephemeral-storage", ...pages]);
  return {
    container: random.pick(containers).name,
    resource: `${random.pick(["limits", "requests"])}.${name}`,
    divisor: name === "cpu" ? random.pick(["0", "1", "1m"]) : random.pick(divisors),
  };
}

function texts(amounts: ReadonlyMap<string, Quantity>): Record<string, string> {
  return sorted(Object.fromEntries([...amounts].map(([name, quantity]) => [name, quantity.toString()])));
}

/** In the order in which Go prints maps. */
function sorted(amounts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).sort(([left], [right]) => (left < right ? -1 : 1)));
}
