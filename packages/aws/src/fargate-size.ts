/** A task size that Fargate offers: CPU units (1024 a core) and MiB. */
export interface FargateSize {
  readonly cpu: number;
  readonly memory: number;
}

function steps(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);
}

/** Every Linux size (ECS developer guide, "Task size"), by ascending CPU and memory. AWS Batch offers the same. */
export const fargateSizes: readonly { readonly cpu: number; readonly memory: readonly number[] }[] = [
  { cpu: 256, memory: [512, 1024, 2048] },
  { cpu: 512, memory: steps(1024, 4096, 1024) },
  { cpu: 1024, memory: steps(2048, 8192, 1024) },
  { cpu: 2048, memory: steps(4096, 16_384, 1024) },
  { cpu: 4096, memory: steps(8192, 30_720, 1024) },
  { cpu: 8192, memory: steps(16_384, 61_440, 4096) },
  { cpu: 16_384, memory: steps(32_768, 122_880, 8192) },
  { cpu: 32_768, memory: [61_440, 122_880, 249_856] },
];

/**
 * The smallest size that covers `milliCpu` thousandths of a core and `memoryMiB` (rule E8), which is also the
 * cheapest; undefined when none does.
 */
export function fargateSizeFor(milliCpu: bigint, memoryMiB: bigint): FargateSize | undefined {
  for (const row of fargateSizes) {
    if (BigInt(row.cpu) * 1000n < milliCpu * 1024n) continue;
    const memory = row.memory.find((candidate) => BigInt(candidate) >= memoryMiB);
    if (memory !== undefined) return { cpu: row.cpu, memory };
  }
  return undefined;
}
