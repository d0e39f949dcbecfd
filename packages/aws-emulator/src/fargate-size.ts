/** `[cpu units, lowest, highest, step]` in MiB, or a list (developer guide, "Fargate task definition: task size"). */
const ranges: readonly (readonly [cpu: number, lowest: number, highest: number, step: number])[] = [
  [512, 1024, 4096, 1024],
  [1024, 2048, 8192, 1024],
  [2048, 4096, 16384, 1024],
  [4096, 8192, 30720, 1024],
  [8192, 16384, 61440, 4096],
  [16384, 32768, 122880, 8192],
];

const lists: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  32768: [61440, 122880, 249856],
};

/** Whether Fargate has a size of that many CPU units (1024 = one vCPU) and MiB. */
export function isFargateSize(cpu: number, memory: number): boolean {
  const list = lists[cpu];
  if (list) return list.includes(memory);
  const range = ranges.find(([units]) => units === cpu);
  if (!range) return false;
  const [, lowest, highest, step] = range;
  return memory >= lowest && memory <= highest && (memory - lowest) % step === 0;
}
