/** What a dependency waits for (ECS API reference, ContainerDependency). */
export type DependencyCondition = "START" | "COMPLETE" | "SUCCESS" | "HEALTHY";

/** A health check (ECS API reference, HealthCheck); times in milliseconds. */
export interface HealthCheckPlan {
  /** `["CMD", …]` or `["CMD-SHELL", text]`. */
  readonly command: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;
}

/** A container as it is to run; times in milliseconds. */
export interface ContainerPlan {
  readonly name: string;
  readonly image: string;
  /** Undefined: the image decides. */
  readonly entryPoint: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string | undefined;
  readonly user: string | undefined;
  readonly essential: boolean;
  readonly dependsOn: readonly { readonly containerName: string; readonly condition: DependencyCondition }[];
  readonly startTimeout: number | undefined;
  readonly stopTimeout: number;
  readonly restart: { readonly ignoredExitCodes: readonly number[]; readonly period: number } | undefined;
  readonly healthCheck: HealthCheckPlan | undefined;
  readonly mounts: readonly MountPlan[];
  /** Variables that are filled at the start. */
  readonly secrets: readonly { readonly name: string; readonly valueFrom: string }[];
  /** Undefined: output is dropped, as without a log configuration. */
  readonly log: LogTarget | undefined;
}

/** A mount of a directory. */
export interface MountPlan {
  /** Of the task, unless there is a file system. */
  readonly volume: string;
  readonly path: string;
  readonly readOnly: boolean;
  /** Of EFS, which outlives the task. */
  readonly fileSystem?: {
    readonly id: string;
    readonly accessPoint: string | undefined;
    readonly directory: string;
  };
}

/** The stream of CloudWatch Logs into which a container writes. */
export interface LogTarget {
  readonly group: string;
  readonly stream: string;
  readonly createGroup: boolean;
}
