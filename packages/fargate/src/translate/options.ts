import type { FileSystems, SecretArns, SecretsPolicy } from "@vkubelet/aws/translate";

/** The part of the provider's options that decides what a pod becomes. */
export interface FargateTranslateOptions {
  /** Name of the virtual node; part of every task's `startedBy`. */
  readonly nodeName: string;
  readonly region: string;
  /** Name or ARN. One cluster per virtual node keeps its listings short. */
  readonly cluster: string;
  /** 1 to 16 subnets of one VPC. */
  readonly subnets: readonly string[];
  /** At most 5; absent: the VPC's default group. */
  readonly securityGroups?: readonly string[] | undefined;
  /** Needed in public subnets to reach registries. Defaults to false. */
  readonly assignPublicIp?: boolean | undefined;
  /** The role with which AWS pulls images and writes logs. */
  readonly executionRoleArn?: string | undefined;
  /** The role of the programs themselves. */
  readonly taskRoleArn?: string | undefined;
  /** Defaults to `LATEST`. */
  readonly platformVersion?: string | undefined;
  /** Of the node, and of tasks that do not ask for another by `kubernetes.io/arch`. Defaults to `amd64`. */
  readonly architecture?: "amd64" | "arm64" | undefined;
  /** `FARGATE_SPOT` must be associated with the cluster. Defaults to `FARGATE`. */
  readonly capacityProvider?: "FARGATE" | "FARGATE_SPOT" | undefined;
  /** Where the output of containers goes; absent: nowhere, and the pod has no logs. */
  readonly logs?:
    | {
        readonly group: string;
        /** First part of every stream's name. Defaults to `vkubelet`. */
        readonly streamPrefix?: string | undefined;
        /** Lets the log driver create the group. Defaults to false. */
        readonly createGroup?: boolean | undefined;
      }
    | undefined;
  /** Whether values of Secrets that `secretArns` does not name may be sent in plain text. Defaults to `reject`. */
  readonly secrets?: SecretsPolicy | undefined;
  /** Where Secrets live: `NAMESPACE/NAME` or `NAMESPACE/NAME/KEY` to an ARN of Secrets Manager or Parameter Store. */
  readonly secretArns?: SecretArns | undefined;
  /** What stands behind claims: `NAMESPACE/CLAIM` to an EFS file system. */
  readonly fileSystems?: FileSystems | undefined;
  /** Image that writes ConfigMap and similar files; needs `sh`, `mkdir`, `base64`, `chmod`, `chown`. */
  readonly writerImage?: string | undefined;
  /** Image with `true`, which lets several main containers end one after the other. See the support table. */
  readonly sentinelImage?: string | undefined;
  /** Registry host (optionally with a path) to the ARN of the Secrets Manager secret that opens it. */
  readonly registryCredentials?: Readonly<Record<string, string>> | undefined;
  /** Put on every task and definition. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}
