/**
 * The parts of Nomad's HTTP API that this provider reads (api package of Nomad, MPL-2.0, read for shapes). Nomad
 * answers nil slices and maps as null, and newer servers add fields; nothing else is assumed.
 */

/** `GET /v1/jobs?meta=true`: one line of the list; a Job event's payload has the same fields. */
export interface JobStub {
  readonly ID: string;
  readonly Name?: string;
  readonly Stop?: boolean;
  /** `pending`, `running` or `dead`. */
  readonly Status?: string;
  readonly ModifyIndex: number;
  readonly Meta?: Readonly<Record<string, string>> | null;
  /** Nanoseconds since the epoch. */
  readonly SubmitTime?: number;
}

/** `GET /v1/job/:id`, as far as this provider looks into it. */
export interface JobDetail extends JobStub {
  readonly JobModifyIndex: number;
  readonly TaskGroups?:
    | readonly {
        readonly Tasks?: readonly { readonly Name: string; readonly KillTimeout?: number | null }[] | null;
      }[]
    | null;
}

/** Times are RFC 3339; zero is `0001-01-01T00:00:00Z`. */
export interface TaskState {
  /** `pending`, `running` or `dead`. */
  readonly State: string;
  readonly Failed?: boolean;
  readonly Restarts?: number;
  readonly StartedAt?: string | null;
  readonly FinishedAt?: string | null;
  /** At most ten, the oldest are dropped. */
  readonly Events?: readonly TaskEvent[] | null;
}

export interface TaskEvent {
  readonly Type: string;
  /** Nanoseconds since the epoch. */
  readonly Time: number;
  readonly DisplayMessage?: string;
  readonly Details?: Readonly<Record<string, string>> | null;
}

export interface Allocation {
  readonly ID: string;
  readonly JobID: string;
  readonly NodeID?: string;
  readonly NodeName?: string;
  /** `run`, `stop` or `evict`. */
  readonly DesiredStatus: string;
  readonly DesiredDescription?: string;
  /** `pending`, `running`, `complete`, `failed`, `lost` or `unknown`. */
  readonly ClientStatus: string;
  readonly ClientDescription?: string;
  readonly TaskStates?: Readonly<Record<string, TaskState>> | null;
  readonly NextAllocation?: string;
  readonly PreviousAllocation?: string;
  readonly PreemptedByAllocation?: string;
  readonly CreateIndex: number;
  readonly ModifyIndex: number;
  /** Nanoseconds since the epoch. */
  readonly CreateTime?: number;
  /** Absent in list answers. */
  readonly NetworkStatus?: { readonly Address?: string; readonly AddressIPv6?: string } | null;
}

/** Why a placement failed. */
export interface AllocationMetric {
  readonly NodesEvaluated?: number;
  readonly NodesFiltered?: number;
  readonly NodesInPool?: number;
  readonly NodesExhausted?: number;
  readonly ConstraintFiltered?: Readonly<Record<string, number>> | null;
  readonly DimensionExhausted?: Readonly<Record<string, number>> | null;
  readonly QuotaExhausted?: readonly string[] | null;
}

export interface Evaluation {
  readonly ID: string;
  readonly JobID: string;
  /** `pending`, `blocked`, `complete`, `failed` or `canceled`. */
  readonly Status: string;
  readonly StatusDescription?: string;
  readonly FailedTGAllocs?: Readonly<Record<string, AllocationMetric>> | null;
  readonly BlockedEval?: string;
  readonly ModifyIndex: number;
}

export interface NodeStub {
  readonly ID: string;
  readonly Name?: string;
  readonly Address?: string;
  readonly Datacenter?: string;
  readonly NodePool?: string;
  readonly Version?: string;
  readonly Drain?: boolean;
  readonly SchedulingEligibility?: string;
  readonly Status?: string;
  readonly Drivers?: Readonly<
    Record<string, { readonly Detected?: boolean; readonly Healthy?: boolean }>
  > | null;
  readonly Attributes?: Readonly<Record<string, string>> | null;
  readonly NodeResources?: NodeResources | null;
  readonly ReservedResources?: {
    readonly Cpu?: { readonly CpuShares?: number } | null;
    readonly Memory?: { readonly MemoryMB?: number } | null;
    readonly Disk?: { readonly DiskMB?: number } | null;
  } | null;
}

export interface NodeResources {
  /** `CpuShares` is the whole node in MHz. */
  readonly Cpu?: { readonly CpuShares?: number; readonly TotalCpuCores?: number } | null;
  readonly Memory?: { readonly MemoryMB?: number } | null;
  readonly Disk?: { readonly DiskMB?: number } | null;
  readonly Devices?:
    | readonly {
        readonly Vendor?: string;
        readonly Type?: string;
        readonly Instances?: readonly { readonly Healthy?: boolean }[] | null;
      }[]
    | null;
}

/** One line of the event stream. A heartbeat has no events. */
export interface EventBatch {
  readonly Index?: number;
  readonly Events?: readonly NomadEvent[] | null;
}

export interface NomadEvent {
  readonly Topic: string;
  readonly Type: string;
  readonly Key?: string;
  readonly FilterKeys?: readonly string[] | null;
  readonly Payload?: {
    readonly Allocation?: Allocation;
    readonly Evaluation?: Evaluation;
    readonly Job?: JobStub;
    /** Of a JobDeregistered event: the job was purged. Servers before 1.11.3 leave it out. */
    readonly Deleted?: boolean;
  } | null;
}

/** One frame of the log stream. A heartbeat has no data. */
export interface LogFrame {
  readonly Offset?: number;
  /** Base64. */
  readonly Data?: string;
  readonly File?: string;
  readonly FileEvent?: string;
}
