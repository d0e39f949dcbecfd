import type { ResourceRequirement } from "@aws-sdk/client-batch";
import {
  containerNeeds,
  type FargateSize,
  fargateSizeFor,
  type MappedContainer,
  type PodNeeds,
} from "@vkubelet/aws/translate";
import type { FieldAccount } from "@vkubelet/pod";

/** The least that a container gets which asks for nothing (MiB); a job on EC2 must name a number. */
const smallestMemory = 128;
/** Fargate sells CPU in quarters of a core (256 units). */
const quarter = 256;

type ContainerSizes = ReadonlyMap<string, readonly ResourceRequirement[]>;

interface Wanted {
  readonly name: string;
  readonly cpu: number;
  readonly memory: number;
  readonly gpu: string | undefined;
}

/**
 * One number per resource and container: the limit of memory where there is one, the request of CPU. What the pod
 * asks for beyond its containers goes to the first main container. On Fargate the sum is rounded up to a size that
 * exists, and the first main container gets the rest of that too. On EC2 CPUs are whole.
 */
export function containerSizes(
  containers: readonly MappedContainer[],
  needs: PodNeeds,
  platform: "FARGATE" | "EC2",
  account: FieldAccount,
): ContainerSizes {
  const own = containers.map(wantedBy);
  const first = containers.findIndex(({ role }) => role === "main");
  const beyond = (amount: number, part: (entry: Wanted) => number) =>
    Math.max(0, amount - own.reduce((sum, entry) => sum + part(entry), 0));
  const cpu = beyond(Number(needs.milliCpu), (entry) => entry.cpu);
  const memory = beyond(Number(needs.memoryMiB), (entry) => entry.memory);
  const wanted = own.map((entry, index) =>
    index === first ? { ...entry, cpu: entry.cpu + cpu, memory: entry.memory + memory } : entry,
  );
  const sizes = platform === "EC2" ? onEc2(wanted) : onFargate(wanted, first, account);
  noteOtherAmounts(containers, sizes, account);
  return sizes;
}

/** Notes at each request how much the container gets where that is not what it asks for. */
function noteOtherAmounts(
  containers: readonly MappedContainer[],
  sizes: ContainerSizes,
  account: FieldAccount,
): void {
  for (const { name, located } of containers) {
    const size = sizes.get(name);
    if (located === undefined || size === undefined) continue;
    const amount = (type: string) => Number(size.find((entry) => entry.type === type)?.value ?? 0);
    const needs = containerNeeds(located.container);
    const note = (resource: string, asked: bigint | undefined, given: number, unit: string) => {
      if (located.written.resources?.requests?.[resource] === undefined || Number(asked) === given) return;
      account.approximate(
        `${located.path}.resources.requests.${resource}`,
        `${asked}${unit} become ${given}${unit}: one number is both request and limit, in the steps that there are`,
      );
    };
    note("cpu", needs.milliCpu, amount("VCPU") * 1000, "m");
    note("memory", needs.memoryRequestMiB, amount("MEMORY"), " MiB");
  }
}

function wantedBy({ name, located }: MappedContainer): Wanted {
  const needs = located ? containerNeeds(located.container) : undefined;
  const memory = needs?.memoryLimitMiB ?? needs?.memoryRequestMiB ?? 0n;
  const request = needs?.memoryRequestMiB ?? 0n;
  const highest = memory > request ? memory : request;
  return {
    name,
    cpu: Number(needs?.milliCpu ?? 0n),
    memory: Math.max(Number(highest), smallestMemory),
    gpu: located?.container.resources.limits["nvidia.com/gpu"],
  };
}

function onEc2(wanted: readonly Wanted[]): ContainerSizes {
  return new Map(
    wanted.map(({ name, cpu, memory, gpu }) => [
      name,
      [
        ...requirements(String(Math.max(1, Math.ceil(cpu / 1000))), memory),
        ...(gpu === undefined ? [] : [{ type: "GPU", value: gpu } as const]),
      ],
    ]),
  );
}

function onFargate(wanted: readonly Wanted[], first: number, account: FieldAccount): ContainerSizes {
  const quarters = wanted.map(({ cpu }) => Math.max(1, Math.ceil(cpu / 250)));
  const cpuSum = quarters.reduce((sum, value) => sum + value, 0) * quarter;
  const memorySum = wanted.reduce((sum, { memory }) => sum + memory, 0);
  const size = fargateSizeFor(BigInt(Math.ceil((cpuSum * 1000) / 1024)), BigInt(memorySum));
  if (size === undefined) {
    account.reject(
      "spec.containers",
      `need ${cpuSum / 1024} cores and ${memorySum} MiB together; the largest Fargate job has 32 cores and 249856 MiB`,
    );
    return new Map();
  }
  const spare: FargateSize = { cpu: size.cpu - cpuSum, memory: size.memory - memorySum };
  return new Map(
    wanted.map(({ name, memory }, index) => {
      const cpu = (quarters[index] ?? 1) * quarter + (index === first ? spare.cpu : 0);
      return [name, requirements(String(cpu / 1024), memory + (index === first ? spare.memory : 0))];
    }),
  );
}

function requirements(cpu: string, memory: number): readonly ResourceRequirement[] {
  return [
    { type: "VCPU", value: cpu },
    { type: "MEMORY", value: String(memory) },
  ];
}
