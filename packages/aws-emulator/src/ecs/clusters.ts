import { arn, lastPart } from "../identifiers.ts";
import { ServiceError } from "../service-error.ts";

/** An ECS cluster. */
export interface Cluster {
  readonly name: string;
  readonly arn: string;
  readonly capacityProviders: readonly string[];
  tags: readonly { readonly key: string; readonly value?: string | undefined }[];
}

/** All clusters; `default` is there from the start, with both capacity providers of Fargate. */
export class Clusters {
  readonly #clusters = new Map<string, Cluster>();
  readonly #region: string;

  constructor(region: string) {
    this.#region = region;
    this.create("default", ["FARGATE", "FARGATE_SPOT"]);
  }

  /** API reference, CreateCluster: an existing cluster of that name is the answer, unchanged. */
  create(name: string, capacityProviders: readonly string[] = [], tags: Cluster["tags"] = []): Cluster {
    const known = this.#clusters.get(name);
    if (known) return known;
    const cluster = { name, arn: arn("ecs", this.#region, `cluster/${name}`), capacityProviders, tags };
    this.#clusters.set(name, cluster);
    return cluster;
  }

  /** By name or ARN; `default` when nothing is named (every ECS call with `cluster`). */
  find(name = "default"): Cluster | undefined {
    const cluster = this.#clusters.get(lastPart(name));
    return name.startsWith("arn:") && cluster?.arn !== name ? undefined : cluster;
  }

  get(name: string | undefined): Cluster {
    const cluster = this.find(name);
    if (!cluster) throw new ServiceError("ClusterNotFoundException", "Cluster not found.");
    return cluster;
  }

  /** ARN that a cluster of that name would have. */
  arnOf(name: string): string {
    return name.startsWith("arn:") ? name : arn("ecs", this.#region, `cluster/${name}`);
  }
}
