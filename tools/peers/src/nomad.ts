import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGoCommands, findGoCommands, type GoBuild, goBuildObstacle } from "./build-go.ts";
import { type RunningProcess, startProcess } from "./child-process.ts";
import { freePorts } from "./free-port.ts";
import type { Peer } from "./peer.ts";
import { unmountBelow } from "./unmount-below.ts";

const nomadVersion = "1.11.3";

const nomadBuild: GoBuild = {
  name: "nomad",
  version: nomadVersion,
  moduleFolder: fileURLToPath(new URL("../go/nomad", import.meta.url)),
  commands: { nomad: "github.com/hashicorp/nomad" },
  // A dependency that only tests need does not resolve, so the module file is never quite tidy.
  buildFlags: ["-mod=mod"],
};

/** A single Nomad agent, server and client. */
export const nomadPeer: Peer = {
  name: "nomad",
  version: nomadVersion,
  async find() {
    const found = await findGoCommands(nomadBuild);
    if (found !== undefined) {
      return { found: true, origin: found.origin, location: found.paths["nomad"] ?? "" };
    }
    const obstacle = await goBuildObstacle();
    const why = obstacle === undefined ? "" : ` and cannot be built: ${obstacle}`;
    return { found: false, reason: `nomad not on PATH and not built${why}` };
  },
  async install(options = {}) {
    await buildGoCommands(nomadBuild, options);
  },
};

/** Options of {@link startNomad}. */
export interface NomadAgentOptions {
  /** Docker endpoint for the docker driver, such as `unix:///run/docker.sock`; without it the driver finds none. */
  readonly dockerEndpoint?: string;
  readonly signal?: AbortSignal;
}

/** A started agent. */
export interface NomadAgent extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
  readonly pid: number;
  readonly logFile: string;
  /** Ends the agent and what it ran, and removes its data. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends the agent alone; its data and its tasks stay for {@link start}. */
  pause(): Promise<void>;
  /** Starts it again on the same ports and data. */
  start(): Promise<void>;
}

/**
 * Starts a server and client on free loopback ports, with the drivers raw_exec and mock_driver (and docker where an
 * engine is named), and waits until its node takes work. Needs no privileges beyond those of raw_exec's tasks.
 */
export async function startNomad(options: NomadAgentOptions = {}): Promise<NomadAgent> {
  const found = await findGoCommands(nomadBuild);
  const command = found?.paths["nomad"];
  if (command === undefined)
    throw new Error("start nomad: it is not on PATH and not built; install the peer first");
  const folder = await mkdtemp(join(tmpdir(), "vkubelet-nomad-"));
  const [http = 0, rpc = 0, serf = 0] = await freePorts(3);
  const address = `http://127.0.0.1:${http}`;
  const logFile = join(folder, "nomad.log");
  const configFile = join(folder, "agent.hcl");
  await writeFile(configFile, agentConfig(folder, { http, rpc, serf }, options));
  const launch = (): Promise<RunningProcess> =>
    startProcess({
      name: "nomad",
      command,
      args: ["agent", "-config", configFile],
      env: agentEnvironment(),
      logFile,
      ready: (signal) => hasReadyNode(address, signal),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  let running = await launch().catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const stop = async () => {
    await stopAllJobs(address).catch((error: Error) => console.warn(`stop jobs of nomad: ${error.message}`));
    await running.stop();
    // Where Nomad runs as root it leaves a memory filesystem in the folder of every task.
    await unmountBelow(folder);
    await rm(folder, { recursive: true, force: true });
  };
  return {
    address,
    get pid() {
      return running.pid;
    },
    logFile,
    stop,
    pause: () => running.stop(),
    start: async () => {
      running = await launch();
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** In HCL: Nomad's reading of JSON loses nested blocks of plugins. */
function agentConfig(
  folder: string,
  ports: { http: number; rpc: number; serf: number },
  options: NomadAgentOptions,
): string {
  const text = JSON.stringify;
  const docker = options.dockerEndpoint === undefined ? "" : `endpoint = ${text(options.dockerEndpoint)}`;
  return `
name = "peer"
data_dir = ${text(join(folder, "data"))}
bind_addr = "127.0.0.1"
ports {
  http = ${ports.http}
  rpc = ${ports.rpc}
  serf = ${ports.serf}
}
advertise {
  http = "127.0.0.1"
  rpc = "127.0.0.1"
  serf = "127.0.0.1"
}
disable_update_check = true
consul {
  client_auto_join = false
  server_auto_join = false
  auto_advertise = false
}
server {
  enabled = true
  bootstrap_expect = 1
  event_buffer_size = 1000
}
client {
  enabled = true
  servers = ["127.0.0.1:${ports.rpc}"]
  network_interface = "lo"
  gc_max_allocs = 2000
  options = {
    "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean"
    "driver.allowlist" = "raw_exec,mock_driver,docker"
  }
}
plugin "raw_exec" {
  config {
    enabled = true
  }
}
plugin "docker" {
  config {
    ${docker}
    volumes {
      enabled = true
    }
    gc {
      image = false
    }
  }
}
`;
}

/** Without what the environment of this process would tell Nomad about clouds and other agents. */
function agentEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|NOMAD_|CONSUL_|VAULT_)/.test(name));
  return Object.fromEntries(kept);
}

async function hasReadyNode(address: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(`${address}/v1/nodes`, { signal });
  if (!response.ok) return false;
  const nodes = (await response.json()) as readonly { Status: string; SchedulingEligibility: string }[];
  return nodes.some((node) => node.Status === "ready" && node.SchedulingEligibility === "eligible");
}

/** Tasks outlive their agent by design, so they are stopped through it. */
async function stopAllJobs(address: string): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  const jobs = (await (await fetch(`${address}/v1/jobs`, { signal })).json()) as readonly { ID: string }[];
  for (const { ID } of jobs) {
    await fetch(`${address}/v1/job/${encodeURIComponent(ID)}?no_shutdown_delay=true`, {
      method: "DELETE",
      signal,
    });
  }
  while (await hasLiveAllocation(address, signal)) await new Promise((resolve) => setTimeout(resolve, 200));
}

async function hasLiveAllocation(address: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(`${address}/v1/allocations?task_states=false`, { signal });
  const allocations = (await response.json()) as readonly { ClientStatus: string }[];
  return allocations.some((allocation) => ["pending", "running"].includes(allocation.ClientStatus));
}
