import { arn, lastPart } from "../identifiers.ts";
import { pageOf } from "../paging.ts";
import { readInput } from "../request-input.ts";
import { clientException } from "../service-error.ts";
import { checkJobDefinition } from "./check-job-definition.ts";
import {
  deregisterRequest,
  describeDefinitionsRequest,
  type JobDefinitionRequest,
  registerRequest,
} from "./schemas.ts";

/** One revision of a job definition. */
export interface JobDefinition {
  readonly name: string;
  readonly arn: string;
  readonly revision: number;
  readonly request: JobDefinitionRequest;
  active: boolean;
}

/** All job definitions. */
export class JobDefinitions {
  readonly #definitions = new Map<string, JobDefinition[]>();
  readonly #region: string;

  constructor(region: string) {
    this.#region = region;
  }

  register(input: unknown): unknown {
    const request = readInput(registerRequest, input, clientException);
    checkJobDefinition(request);
    const name = request.jobDefinitionName;
    const revisions = this.#definitions.get(name) ?? [];
    const revision = revisions.length + 1;
    const definition = {
      name,
      arn: arn("batch", this.#region, `job-definition/${name}:${revision}`),
      revision,
      request,
      active: true,
    };
    this.#definitions.set(name, [...revisions, definition]);
    return { jobDefinitionName: name, jobDefinitionArn: definition.arn, revision };
  }

  /** By name (latest active revision), `name:revision` or ARN. */
  find(nameOrArn: string): JobDefinition | undefined {
    const [name = "", revision] = lastPart(nameOrArn).split(":");
    const revisions = this.#definitions.get(name) ?? [];
    if (revision === undefined) return revisions.findLast(({ active }) => active);
    return revisions.find((known) => String(known.revision) === revision);
  }

  deregister(input: unknown): unknown {
    const { jobDefinition } = readInput(deregisterRequest, input, clientException);
    const found = this.find(jobDefinition);
    if (!found) throw clientException("Job Definition does not exist");
    found.active = false;
    return {};
  }

  describe(input: unknown): unknown {
    const request = readInput(describeDefinitionsRequest, input, clientException);
    const { jobDefinitions, jobDefinitionName, status, maxResults, nextToken } = request;
    const found = [...this.#definitions.values()]
      .flat()
      .filter((definition) => !jobDefinitions || jobDefinitions.some((wanted) => isNamed(definition, wanted)))
      .filter(({ name }) => jobDefinitionName === undefined || name === jobDefinitionName)
      .filter(({ active }) => status === undefined || status === (active ? "ACTIVE" : "INACTIVE"))
      .map((definition) => ({
        definition,
        key: `${definition.name} ${String(definition.revision).padStart(9, "0")}`,
      }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const page = pageOf(found, ({ key }) => key, maxResults ?? 100, nextToken, clientException);
    return {
      jobDefinitions: page.items.map(({ definition }) => describeDefinition(definition)),
      nextToken: page.nextToken,
    };
  }
}

function isNamed({ name, revision, arn: own }: JobDefinition, wanted: string): boolean {
  return wanted === name || wanted === `${name}:${revision}` || wanted === own;
}

function describeDefinition({ request, arn: own, revision, active }: JobDefinition): unknown {
  return {
    ...request,
    jobDefinitionArn: own,
    revision,
    status: active ? "ACTIVE" : "INACTIVE",
    containerOrchestrationType: "ECS",
    parameters: request.parameters ?? {},
    tags: request.tags ?? {},
    platformCapabilities: request.platformCapabilities ?? ["EC2"],
  };
}
