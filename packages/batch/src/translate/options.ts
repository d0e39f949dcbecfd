import type { FileSystems, SecretArns, SecretsPolicy } from "@vkubelet/aws/translate";

/** The part of the provider's options that decides what a pod becomes. */
export interface BatchTranslateOptions {
  /** Name of the virtual node; its hash is part of every job's name. */
  readonly nodeName: string;
  readonly region: string;
  /** Name or ARN. One virtual node stands for one queue. */
  readonly jobQueue: string;
  /** What the queue's compute environments are. Defaults to `FARGATE`. */
  readonly platform?: "FARGATE" | "EC2" | undefined;
  /** The role with which AWS pulls images and writes logs; Fargate needs it. */
  readonly executionRoleArn?: string | undefined;
  /** The role of the programs themselves. */
  readonly jobRoleArn?: string | undefined;
  /** Fargate only: needed in public subnets to reach registries. Defaults to false. */
  readonly assignPublicIp?: boolean | undefined;
  /** Fargate only. Defaults to `LATEST`. */
  readonly platformVersion?: string | undefined;
  /** Defaults to `amd64`. */
  readonly architecture?: "amd64" | "arm64" | undefined;
  /** Where the output of containers goes. Defaults to Batch's own group `/aws/batch/job`. */
  readonly logs?: { readonly group: string; readonly streamPrefix?: string | undefined } | undefined;
  /** Whether values of Secrets that `secretArns` does not name may be sent in plain text. Defaults to `reject`. */
  readonly secrets?: SecretsPolicy | undefined;
  /** Where Secrets live: `NAMESPACE/NAME` or `NAMESPACE/NAME/KEY` to an ARN of Secrets Manager or Parameter Store. */
  readonly secretArns?: SecretArns | undefined;
  /** What stands behind claims: `NAMESPACE/CLAIM` to an EFS file system. */
  readonly fileSystems?: FileSystems | undefined;
  /**
   * Batch cannot replace an image's ENTRYPOINT. `reject`: a pod with `command` is refused. `assume-none`: the images
   * used here have no ENTRYPOINT, or one that runs its arguments, and `command` with `args` is sent as their CMD.
   * Defaults to `reject`.
   */
  readonly entryPoint?: "reject" | "assume-none" | undefined;
  /** Image that writes ConfigMap and similar files; needs `sh`, `mkdir`, `base64`, `chmod`, `chown`, and no ENTRYPOINT. */
  readonly writerImage?: string | undefined;
  /** Image with `true` and no ENTRYPOINT, which lets several main containers end one after the other. */
  readonly sentinelImage?: string | undefined;
  /** Registry host (optionally with a path) to the ARN of the Secrets Manager secret that opens it. */
  readonly registryCredentials?: Readonly<Record<string, string>> | undefined;
  /** Must be given exactly where the queue has a fair-share policy. */
  readonly shareIdentifier?: string | undefined;
  /** Put on every job and definition. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}
