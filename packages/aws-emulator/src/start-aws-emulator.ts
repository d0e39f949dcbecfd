import { mkdir, mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchService } from "./batch/batch-service.ts";
import { wallClock } from "./clock.ts";
import { batchCounts, type EmulatorCounts, ecsCounts } from "./counts.ts";
import { EcsService } from "./ecs/ecs-service.ts";
import { createEmulatorServer } from "./http/emulator-server.ts";
import { type Fault, Faults, type PlannedFault } from "./http/faults.ts";
import { AwslogsDriver } from "./logs/awslogs-driver.ts";
import { LogStore } from "./logs/log-store.ts";
import { LogsService } from "./logs/logs-service.ts";
import type { AwsEmulatorOptions } from "./options.ts";
import { ProcessTable } from "./processes/process-table.ts";

/** vCPUs of the default compute environment of Batch. */
const defaultVcpus = 16;

/** A running emulator. */
export interface AwsEmulator extends AsyncDisposable {
  /** Base URL for the SDK's `endpoint`, one for all services. */
  readonly endpoint: string;
  readonly url: URL;
  readonly region: string;
  /** Any credentials do: signatures are not checked. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Everything that was ever started, in order; also what the services no longer tell of. */
  counts(): EmulatorCounts;
  /**
   * Lets the next call of an operation, such as `RunTask`, go wrong; several calls queue up. Throws a TypeError for an
   * operation that is not emulated.
   */
  failNext(operation: string, fault: Fault): PlannedFault;
}

/**
 * Starts Amazon ECS (Fargate), AWS Batch and CloudWatch Logs on one local port. Tasks and jobs are processes of this
 * machine: the command of a container runs here, as this user, with the files and programs that are here; its image is
 * a name only. Disposing kills every process, closes the port and removes the temporary directory.
 */
export async function startAwsEmulator(options: AwsEmulatorOptions = {}): Promise<AwsEmulator> {
  const maxvCpus = options.batchVcpus ?? defaultVcpus;
  if (!Number.isInteger(maxvCpus) || maxvCpus < 1) {
    throw new TypeError(`batchVcpus: ${maxvCpus} is not a positive whole number`);
  }
  const region = options.region ?? "us-east-1";
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "aws-emulator-")));
  await mkdir(directory, { recursive: true });
  const processes = new ProcessTable();
  const { ecs, logs, batch } = createServices(options, { region, maxvCpus, directory, processes });
  const known = new Set([ecs, logs, batch].flatMap(({ operations }) => Object.keys(operations)));
  const faults = new Faults();
  const byTarget = { AmazonEC2ContainerServiceV20141113: ecs, Logs_20140328: logs };
  const server = createEmulatorServer({ byTarget, rest: batch }, faults);
  const release = async () => {
    await processes.dispose();
    if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
  };
  let url: URL;
  try {
    url = await listen(server, options.address ?? "127.0.0.1", options.port ?? 0);
  } catch (error) {
    await release();
    throw error;
  }
  return {
    endpoint: url.origin,
    url,
    region,
    credentials: { accessKeyId: "emulator", secretAccessKey: "emulator" },
    counts: () => ({ tasks: ecsCounts(ecs.tasks.all), jobs: batchCounts(batch.jobs.all) }),
    failNext: (operation, fault) => {
      if (!known.has(operation)) throw new TypeError(`failNext: the emulator has no operation ${operation}`);
      return faults.add(operation, fault);
    },
    async [Symbol.asyncDispose]() {
      await close(server);
      await release();
    },
  };
}

interface Resources {
  readonly region: string;
  readonly maxvCpus: number;
  readonly directory: string;
  readonly processes: ProcessTable;
}

function createServices(
  options: AwsEmulatorOptions,
  { region, maxvCpus, directory, processes }: Resources,
): { readonly ecs: EcsService; readonly logs: LogsService; readonly batch: BatchService } {
  const clock = options.clock ?? wallClock;
  const store = new LogStore();
  const machine = {
    processes,
    directory,
    secrets: (valueFrom: string) => options.secrets?.[valueFrom],
    images: { lookUp: options.images, strict: options.strictImages ?? false },
    awslogs: new AwslogsDriver(store, clock),
  };
  const settings = {
    machine,
    clock,
    region,
    transitionMs: options.transitionMs ?? 0,
    visibilityDelayMs: options.visibilityDelayMs ?? 0,
  };
  return {
    ecs: new EcsService({ ...settings, address: options.taskAddress }),
    logs: new LogsService(store, region, clock),
    batch: new BatchService({ ...settings, maxvCpus }),
  };
}

function listen(server: Server, address: string, port: number): Promise<URL> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => {
      const bound = server.address();
      if (bound === null || typeof bound === "string") {
        reject(new Error(`listening on ${address}: no port was bound`));
        return;
      }
      resolve(new URL(`http://${address.includes(":") ? `[${address}]` : address}:${bound.port}`));
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
