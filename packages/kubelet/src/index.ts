export { type Kubelet, type KubeletOptions, startKubelet } from "./kubelet.ts";
export type { KubeletServerSettings } from "./server-settings.ts";
