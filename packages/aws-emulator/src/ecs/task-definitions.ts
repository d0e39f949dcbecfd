import type { EmulatorClock } from "../clock.ts";
import { arn, lastPart } from "../identifiers.ts";
import { type Page, pageOf } from "../paging.ts";
import { readInput } from "../request-input.ts";
import { clientException, invalidParameter } from "../service-error.ts";
import { checkTaskDefinition } from "./check-task-definition.ts";
import { listDefinitionsRequest, type RegisterRequest, registerRequest } from "./schemas.ts";

type Tags = NonNullable<RegisterRequest["tags"]>;

/** One revision of a family. */
export interface TaskDefinition {
  readonly arn: string;
  readonly revision: number;
  readonly request: RegisterRequest;
  readonly registeredAt: number;
  tags: Tags;
  deregisteredAt: number | undefined;
}

/** All task definitions of the emulator. */
export class TaskDefinitions {
  readonly #families = new Map<string, TaskDefinition[]>();
  readonly #region: string;
  readonly #clock: EmulatorClock;

  constructor(region: string, clock: EmulatorClock) {
    this.#region = region;
    this.#clock = clock;
  }

  register(input: unknown): TaskDefinition {
    const { tags = [], ...request } = readInput(registerRequest, input, clientException);
    checkTaskDefinition(request);
    const revisions = this.#families.get(request.family) ?? [];
    const revision = revisions.length + 1;
    const definition: TaskDefinition = {
      arn: arn("ecs", this.#region, `task-definition/${request.family}:${revision}`),
      revision,
      request,
      registeredAt: this.#clock.now(),
      tags,
      deregisteredAt: undefined,
    };
    this.#families.set(request.family, [...revisions, definition]);
    return definition;
  }

  /** By `family` (its latest active revision), `family:revision` or ARN. */
  find(name: string): TaskDefinition | undefined {
    const [family = "", revision] = lastPart(name).split(":");
    const revisions = this.#families.get(family) ?? [];
    if (revision === undefined)
      return revisions.findLast(({ deregisteredAt }) => deregisteredAt === undefined);
    return revisions.find((known) => String(known.revision) === revision);
  }

  /** Recorded answer of ECS for an unknown family or revision. */
  get(name: string): TaskDefinition {
    const found = this.find(name);
    if (!found) throw clientException("Unable to describe task definition.");
    return found;
  }

  deregister(name: string): TaskDefinition {
    // API reference, DeregisterTaskDefinition: a revision must be named.
    if (!lastPart(name).includes(":")) throw clientException("Invalid revision number. Number: ");
    const found = this.find(name);
    if (!found) throw clientException("The specified task definition does not exist.");
    found.deregisteredAt ??= this.#clock.now();
    return found;
  }

  list(input: unknown): Page<string> {
    const request = readInput(listDefinitionsRequest, input, clientException);
    const wanted = request.status ?? "ACTIVE";
    const found = [...this.#families.entries()]
      .filter(([family]) => request.familyPrefix === undefined || family === request.familyPrefix)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, revisions]) => revisions)
      .filter((definition) => statusOf(definition) === wanted)
      .map(({ arn: name }) => name);
    const ordered = request.sort === "DESC" ? found.reverse() : found;
    // Family and revision order is not that of the texts, so the place in the list is the key.
    const numbered = ordered.map((name, place) => ({ name, key: String(place).padStart(9, "0") }));
    const page = pageOf(
      numbered,
      ({ key }) => key,
      request.maxResults ?? 100,
      request.nextToken,
      invalidParameter,
    );
    return { ...page, items: page.items.map(({ name }) => name) };
  }
}

/** ACTIVE or INACTIVE. */
export function statusOf({ deregisteredAt }: TaskDefinition): "ACTIVE" | "INACTIVE" {
  return deregisteredAt === undefined ? "ACTIVE" : "INACTIVE";
}

/** As the API shows a definition: times are seconds. */
export function describeTaskDefinition(definition: TaskDefinition): Record<string, unknown> {
  const { request, registeredAt, deregisteredAt } = definition;
  return {
    ...request,
    containerDefinitions: request.containerDefinitions.map((container) => ({
      cpu: 0,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      portMappings: [],
      ...container,
      essential: container.essential ?? true,
    })),
    volumes: request.volumes ?? [],
    placementConstraints: [],
    taskDefinitionArn: definition.arn,
    revision: definition.revision,
    status: statusOf(definition),
    compatibilities: ["EC2", "FARGATE"],
    registeredAt: registeredAt / 1000,
    registeredBy: "arn:aws:iam::123456789012:user/emulator",
    ...(deregisteredAt === undefined ? {} : { deregisteredAt: deregisteredAt / 1000 }),
  };
}
