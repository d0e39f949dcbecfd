import { type AwsEmulator, startAwsEmulator } from "@vkubelet/aws-emulator";

/** What the demo's AWS nodes are connected to. */
export interface EmulatedAws extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
}

/**
 * Starts the emulator and lets the AWS SDK of this process know its credentials and no others, so that the user's own
 * are never used.
 */
export async function startEmulatedAws(directory: string): Promise<EmulatedAws> {
  const emulator: AwsEmulator = await startAwsEmulator({ directory, taskAddress: "127.0.0.1" });
  for (const name of ["AWS_PROFILE", "AWS_SESSION_TOKEN"]) delete process.env[name];
  process.env["AWS_ACCESS_KEY_ID"] = emulator.credentials.accessKeyId;
  process.env["AWS_SECRET_ACCESS_KEY"] = emulator.credentials.secretAccessKey;
  return emulator;
}

const queueName = "demo";

/** Makes a compute environment and a queue on it, as a user of AWS does once, and resolves with the queue's name. */
export async function createJobQueue(aws: EmulatedAws): Promise<string> {
  await post(aws, "createcomputeenvironment", {
    computeEnvironmentName: queueName,
    type: "MANAGED",
    state: "ENABLED",
    computeResources: {
      type: "FARGATE",
      maxvCpus: 64,
      subnets: ["subnet-demo"],
      securityGroupIds: ["sg-demo"],
    },
  });
  await post(aws, "createjobqueue", {
    jobQueueName: queueName,
    state: "ENABLED",
    priority: 1,
    computeEnvironmentOrder: [{ order: 1, computeEnvironment: queueName }],
  });
  return queueName;
}

/** One call of the Batch API. The emulator checks no signatures, so the two calls need no client of their own. */
async function post({ endpoint }: EmulatedAws, operation: string, body: unknown): Promise<void> {
  const response = await fetch(`${endpoint}/v1/${operation}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${operation}: HTTP ${response.status}: ${await response.text()}`);
}
