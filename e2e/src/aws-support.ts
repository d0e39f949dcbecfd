import {
  type BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
} from "@aws-sdk/client-batch";
import {
  type PodContext,
  type PodNotice,
  type PodSpec,
  type ResolvedPod,
  type Secret,
  silentLogger,
  systemClock,
} from "@vkubelet/core";
import { resolvePod } from "@vkubelet/pod";

/** A context whose record lives in memory, as a host would keep it. */
export function podContext(): PodContext & {
  readonly entries: Record<string, string>;
  readonly notices: PodNotice[];
} {
  const entries: Record<string, string> = {};
  const notices: PodNotice[] = [];
  return {
    signal: AbortSignal.timeout(60_000),
    logger: silentLogger,
    clock: systemClock,
    entries,
    notices,
    notify: (notice) => notices.push(notice),
    record: {
      read: () => (Object.keys(entries).length === 0 ? undefined : { ...entries }),
      write: async (changes) => {
        for (const [key, value] of Object.entries(changes)) {
          if (value === null) delete entries[key];
          else entries[key] = value;
        }
      },
    },
  };
}

/** What a test says of its pod's only container. */
export interface SimpleContainer {
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
}

/** A pod of one container named `main`, resolved as a host would. */
export function simplePod(uid: string, container: SimpleContainer, attempt = 0): ResolvedPod {
  return resolved(uid, { restartPolicy: "Never", containers: [{ name: "main", ...container }] }, attempt);
}

/** A pod resolved as a host would, in a cluster without other objects. */
export function resolved(
  uid: string,
  spec: PodSpec,
  attempt = 0,
  { secrets = {} }: { readonly secrets?: Readonly<Record<string, Secret>> } = {},
): ResolvedPod {
  const outcome = resolvePod(
    { metadata: { namespace: "default", name: `pod-${uid.slice(-2)}`, uid }, spec },
    {
      attempt,
      configMap: () => undefined,
      secret: (name) => secrets[name],
      services: [],
      nodeAllocatable: { cpu: "4", memory: "8Gi" },
      token: () => undefined,
    },
  );
  if (outcome.type === "waiting") throw new Error(JSON.stringify(outcome.waits));
  return outcome.pod;
}

/** One call of a service that speaks the query protocol; gives the text of an element of the answer. */
async function motoQuery(
  endpoint: string,
  service: string,
  parameters: Readonly<Record<string, string>>,
  element: string,
): Promise<string> {
  const reply = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams(parameters).toString(),
  });
  const text = await reply.text();
  const value = new RegExp(`<${element}>([^<]+)<`).exec(text)?.[1];
  if (value === undefined) throw new Error(`moto ${parameters["Action"]}: ${reply.status} ${text}`);
  return value;
}

/** The first subnet of moto's default VPC. */
export function motoSubnet(endpoint: string): Promise<string> {
  return motoQuery(endpoint, "ec2", { Action: "DescribeSubnets", Version: "2016-11-15" }, "subnetId");
}

/** Creates a job queue of 16 cores, with the role that moto wants to see before it makes a compute environment. */
export async function motoQueue(endpoint: string, batch: BatchClient, jobQueueName: string): Promise<void> {
  const role = {
    Action: "CreateRole",
    Version: "2010-05-08",
    RoleName: "batch",
    AssumeRolePolicyDocument: "{}",
  };
  const { computeEnvironmentArn } = await batch.send(
    new CreateComputeEnvironmentCommand({
      computeEnvironmentName: jobQueueName,
      type: "UNMANAGED",
      state: "ENABLED",
      unmanagedvCpus: 16,
      serviceRole: await motoQuery(endpoint, "iam", role, "Arn"),
    }),
  );
  await batch.send(
    new CreateJobQueueCommand({
      jobQueueName,
      state: "ENABLED",
      priority: 1,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironmentArn }],
    }),
  );
}

/** Posts one setting to moto's own API. */
export async function motoSetting(endpoint: string, path: string, body: unknown): Promise<void> {
  const reply = await fetch(`${endpoint}/moto-api/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`moto ${path}: ${reply.status} ${await reply.text()}`);
}
