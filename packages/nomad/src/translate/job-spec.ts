/**
 * The job as it is sent: Go field names, durations in nanoseconds. Only what this translation writes is typed.
 */
export interface RegisterBody {
  readonly Job: JobSpec;
  readonly EnforceIndex: boolean;
  readonly JobModifyIndex: number;
}

export interface JobSpec {
  readonly ID: string;
  readonly Name: string;
  readonly Namespace: string;
  readonly Type: "service" | "batch";
  readonly Datacenters: readonly string[];
  readonly NodePool?: string;
  readonly Priority?: number;
  readonly Constraints: readonly Constraint[];
  readonly Meta: Readonly<Record<string, string>>;
  readonly Update?: { readonly MaxParallel: 0 };
  readonly TaskGroups: readonly TaskGroup[];
}

export interface Constraint {
  readonly LTarget: string;
  readonly RTarget: string;
  readonly Operand: string;
}

export interface TaskGroup {
  readonly Name: string;
  readonly Count: 1;
  readonly Tasks: readonly Task[];
  readonly RestartPolicy: RestartPolicySpec;
  readonly ReschedulePolicy: { readonly Attempts: 0; readonly Unlimited: false };
  readonly Disconnect: { readonly Replace: false; readonly Reconcile: "keep_original" };
  readonly EphemeralDisk: { readonly SizeMB: number };
  readonly Update?: { readonly MaxParallel: 0 };
  readonly Networks?: readonly NetworkSpec[];
  readonly Volumes?: Readonly<Record<string, VolumeRequest>>;
}

/** A volume that is registered with Nomad and that the group needs. */
export interface VolumeRequest {
  readonly Name: string;
  readonly Type: "csi" | "host";
  readonly Source: string;
  readonly ReadOnly: boolean;
  readonly AccessMode?: string;
  readonly AttachmentMode?: string;
}

/** Where a task sees one of the group's volumes. */
export interface VolumeMountSpec {
  readonly Volume: string;
  readonly Destination: string;
  readonly ReadOnly: boolean;
  readonly PropagationMode: "private";
}

export interface NetworkSpec {
  readonly Mode: string;
  readonly Hostname?: string;
  readonly DNS?: {
    readonly Servers?: readonly string[];
    readonly Searches?: readonly string[];
    readonly Options?: readonly string[];
  };
  readonly DynamicPorts?: readonly { readonly Label: string; readonly To: number }[];
  readonly ReservedPorts?: readonly { readonly Label: string; readonly Value: number; readonly To: number }[];
}

export interface Task {
  readonly Name: string;
  readonly Driver: string;
  readonly User?: string;
  readonly Constraints?: readonly Constraint[];
  readonly Config: Readonly<Record<string, unknown>>;
  readonly Env: Readonly<Record<string, string>>;
  readonly Lifecycle?: { readonly Hook: "prestart"; readonly Sidecar: boolean };
  readonly Resources: TaskResources;
  readonly RestartPolicy: RestartPolicySpec;
  readonly KillTimeout: number;
  readonly KillSignal?: string;
  readonly Templates?: readonly Template[];
  readonly Secrets?: readonly TaskSecret[];
  readonly VolumeMounts?: readonly VolumeMountSpec[];
  readonly LogConfig: { readonly MaxFiles: number; readonly MaxFileSizeMB: number };
}

export interface TaskResources {
  readonly CPU: number;
  readonly MemoryMB: number;
  readonly MemoryMaxMB?: number;
  readonly SecretsMB?: number;
  readonly Devices?: readonly { readonly Name: string; readonly Count: number }[];
}

/** A variable that the client reads for the interpolation of `secret.NAME.KEY` (Nomad 1.11). */
export interface TaskSecret {
  readonly Name: string;
  readonly Provider: "nomad";
  readonly Path: string;
}

export interface RestartPolicySpec {
  readonly Attempts: number;
  readonly Delay: number;
  readonly Interval: number;
  readonly Mode: "delay" | "fail";
}

export interface Template {
  readonly EmbeddedTmpl: string;
  readonly DestPath: string;
  readonly ChangeMode: "noop";
  readonly Perms: string;
  readonly Envvars?: boolean;
  readonly LeftDelim?: string;
  readonly RightDelim?: string;
}

/** Nanoseconds, rounded so that they stay exact in a JSON number. */
export function nanoseconds(seconds: number): number {
  return Math.min(Math.round(seconds), 9_000_000) * 1_000_000_000;
}
