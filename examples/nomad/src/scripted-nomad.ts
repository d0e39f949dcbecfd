import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** What the script keeps of a registered job. */
interface Job {
  readonly ID: string;
  readonly Meta: Readonly<Record<string, string>>;
  readonly TaskGroups: readonly { readonly Tasks: readonly { readonly Name: string }[] }[];
}

/** A Nomad agent that plays one part: every job that is registered has run at once and ended with exit code 0. */
export interface ScriptedNomad extends AsyncDisposable {
  readonly address: string;
  /** Jobs that were registered and not purged. */
  readonly jobs: ReadonlyMap<string, Job>;
}

const client = {
  ID: "client-1",
  Address: "192.0.2.10",
  Datacenter: "dc1",
  NodePool: "default",
  Status: "ready",
  SchedulingEligibility: "eligible",
  Drivers: { docker: { Detected: true, Healthy: true } },
  NodeResources: {
    Cpu: { CpuShares: 8_000, TotalCpuCores: 4 },
    Memory: { MemoryMB: 8_192 },
    Disk: { DiskMB: 20_000 },
  },
};

function ended({ ID, TaskGroups }: Job): object {
  const state = {
    State: "dead",
    Failed: false,
    StartedAt: "2026-01-01T00:00:01Z",
    FinishedAt: "2026-01-01T00:00:02Z",
    Events: [
      { Type: "Started", Time: 1_767_225_601_000_000_000 },
      { Type: "Terminated", Time: 1_767_225_602_000_000_000, Details: { exit_code: "0", signal: "0" } },
    ],
  };
  const tasks = TaskGroups.flatMap(({ Tasks }) => Tasks);
  return {
    ID: `run-of-${ID}`,
    JobID: ID,
    NodeID: client.ID,
    DesiredStatus: "run",
    ClientStatus: "complete",
    TaskStates: Object.fromEntries(tasks.map(({ Name }) => [Name, state])),
    CreateIndex: 11,
    ModifyIndex: 12,
  };
}

/** Starts the agent on a free port of this machine. What is not in the script is answered with 501 and its name. */
export async function startScriptedNomad(): Promise<ScriptedNomad> {
  const script = new Script();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://nomad");
    if (pathname === "/v1/event/stream") return script.follow(response.writeHead(200));
    const [status, body] = (await script.answer(request, pathname)) ?? [
      501,
      `not in the script: ${pathname}`,
    ];
    response.writeHead(status).end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    jobs: script.jobs,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

class Script {
  readonly jobs = new Map<string, Job>();
  readonly #streams = new Set<ServerResponse>();

  /** Sends events from now on; a first heartbeat comes at once. */
  follow(stream: ServerResponse): void {
    this.#streams.add(stream);
    stream.write("{}\n");
  }

  async answer(request: IncomingMessage, path: string): Promise<readonly [number, unknown] | undefined> {
    const id = path.slice("/v1/job/".length);
    const known = this.jobs.get(id);
    switch (`${request.method} ${path.replace(/^(\/v1\/(job|client\/fs\/logs))\/.*/, "$1/*")}`) {
      case "GET /v1/status/leader":
        return [200, "127.0.0.1:4647"];
      case "GET /v1/nodes":
        return [200, [client]];
      case "GET /v1/jobs":
        return [200, [...this.jobs.values()].map(stubOf)];
      case "PUT /v1/jobs":
        return [200, this.#register(((await json(request)) as { Job: Job }).Job)];
      case "GET /v1/job/*":
        return known === undefined ? [404, "job not found"] : [200, { ...known, ...stubOf(known) }];
      case "DELETE /v1/job/*":
        return [200, { existed: this.jobs.delete(id) }];
      case "GET /v1/allocations":
        return [200, [...this.jobs.values()].map(ended)];
      case "GET /v1/evaluations":
      case "GET /v1/vars":
        return [200, []];
      case "GET /v1/client/fs/logs/*":
        return [200, logsOf(request)];
      default:
        return undefined;
    }
  }

  #register(job: Job): object {
    this.jobs.set(job.ID, job);
    const Events = [{ Topic: "Allocation", Type: "AllocationUpdated", Payload: { Allocation: ended(job) } }];
    for (const stream of this.#streams) stream.write(`${JSON.stringify({ Index: 12, Events })}\n`);
    return { EvalID: "evaluation-1", Warnings: "" };
  }
}

function stubOf(job: Job): object {
  return { ...job, TaskGroups: null, Status: "dead", ModifyIndex: 10 };
}

function logsOf(request: IncomingMessage): object {
  const stream = new URL(request.url ?? "/", "http://nomad").searchParams.get("type");
  return stream === "stdout" ? { Data: Buffer.from("hello from Nomad\n").toString("base64") } : {};
}
