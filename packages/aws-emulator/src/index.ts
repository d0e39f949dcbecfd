export type { EmulatorClock } from "./clock.ts";
export type { EmulatorCounts, StartedJob, StartedTask } from "./counts.ts";
export type { Fault, PlannedFault } from "./http/faults.ts";
export type { AwsEmulatorOptions } from "./options.ts";
export { type AwsEmulator, startAwsEmulator } from "./start-aws-emulator.ts";
export type { ImageConfiguration } from "./tasks/images.ts";
