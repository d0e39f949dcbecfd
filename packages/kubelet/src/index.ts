export type { RequestLimit } from "./api/request-limit.ts";
export type { DrainSettings } from "./drain-node.ts";
export { type Kubelet, startKubelet } from "./kubelet.ts";
export type { KubeletOptions } from "./kubelet-options.ts";
export type { LeaderElectionSettings } from "./leadership.ts";
export type { OrphanSettings } from "./pods/orphan-sweep.ts";
export type { PodDrainSettings } from "./pods/pod-drain.ts";
export type { KubeletServerSettings } from "./server-settings.ts";
