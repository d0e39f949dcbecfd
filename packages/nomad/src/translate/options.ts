/** What the translation must know besides the pod. Same pod and same options give the same requests, byte for byte. */
export interface NomadTranslateOptions {
  /** Name of the Kubernetes node; part of every job ID. */
  readonly nodeName: string;
  /** Nomad namespace of the jobs. */
  readonly namespace: string;
  readonly driver: NomadDriver;
  /** Nomad datacenters that may run the pods; `*` is a wildcard. */
  readonly datacenters: readonly string[];
  readonly nodePool?: string;
  /** Nomad's job priority, 1 to 100. Nomad's default when left out. */
  readonly priority?: number;
  /** MHz that stand for one CPU of Kubernetes. */
  readonly mhzPerCore: number;
  /** MHz for a container that asks for no CPU. */
  readonly defaultCpuMHz: number;
  /** MiB for a container that asks for no memory. */
  readonly defaultMemoryMiB: number;
  /** Whether Nomad's scheduler allows memory above the reservation (`MemoryOversubscriptionEnabled`). */
  readonly memoryOversubscription: boolean;
  /** Network of pods without `hostNetwork`: `host`, `bridge` (CNI plugins on the clients) or `cni/NAME`. */
  readonly network: string;
  /** Nomad clients' `max_kill_timeout` in seconds; longer grace periods are cut by Nomad. */
  readonly maximumKillSeconds: number;
  /** Name of a PersistentVolumeClaim, alone or as `namespace/name`, to the volume of Nomad that stands for it. */
  readonly claims: Readonly<Record<string, NomadVolume>>;
  /** Name of a RuntimeClass to the runtime of the clients' docker engines (`runsc`) that stands for it. */
  readonly runtimes: Readonly<Record<string, string>>;
}

/** A volume that is registered with Nomad. */
export interface NomadVolume {
  /** `csi`, or `host` for static and dynamic host volumes. */
  readonly type: "csi" | "host";
  /** ID of the CSI volume or name of the host volume. */
  readonly source: string;
  /** For `csi`. Default `single-node-writer`. */
  readonly accessMode?: string | undefined;
  /** For `csi`. Default `file-system`. */
  readonly attachmentMode?: string | undefined;
}

/** `raw_exec` runs commands of the client without an image and without isolation. */
export type NomadDriver = "docker" | "raw_exec";

/** Everything but the node's name. */
export const defaultTranslateOptions: Omit<NomadTranslateOptions, "nodeName"> = {
  namespace: "default",
  driver: "docker",
  datacenters: ["*"],
  mhzPerCore: 1_000,
  defaultCpuMHz: 100,
  defaultMemoryMiB: 256,
  memoryOversubscription: false,
  network: "bridge",
  maximumKillSeconds: 30,
  claims: {},
  runtimes: {},
};
