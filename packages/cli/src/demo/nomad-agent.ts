import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { findOnPath } from "./find-on-path.ts";
import { waitFor } from "./wait-for.ts";

const lookTimeoutMs = 3_000;
const startTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;

/** A Nomad agent that the demo may use. */
export interface FoundNomad extends AsyncDisposable {
  readonly address: string;
  readonly driver: "docker" | "raw_exec";
  /** Where it comes from, in words. */
  readonly origin: string;
}

interface NodeStub {
  readonly Status: string;
  readonly Drivers?: Readonly<Record<string, { readonly Healthy?: boolean }>> | null;
}

/**
 * The agent at NOMAD_ADDR if it answers, else one started from a `nomad` on PATH; a text that says why where there is
 * neither. An agent that was started here ends when it is disposed of, with everything that it ran.
 */
export async function findNomad(directory: string): Promise<FoundNomad | string> {
  const address = process.env["NOMAD_ADDR"];
  if (address !== undefined && address !== "") return useAgent(address.replace(/\/+$/, ""));
  const command = await findOnPath("nomad");
  if (command === undefined) return "NOMAD_ADDR is not set, and there is no nomad on PATH";
  return startAgent(command, directory);
}

async function useAgent(address: string): Promise<FoundNomad | string> {
  let driver: FoundNomad["driver"] | undefined;
  try {
    driver = await healthyDriver(address);
  } catch (error) {
    return `NOMAD_ADDR ${address} does not answer: ${causeOf(error)}`;
  }
  if (driver === undefined) return `no ready node at ${address} has the driver docker or raw_exec`;
  return { address, driver, origin: `the agent at ${address}`, [Symbol.asyncDispose]: async () => {} };
}

/** The system's own words: fetch says no more than that it failed. */
function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}

/** The driver of the ready nodes with which to run pods, docker before raw_exec; rejects when nobody answers. */
async function healthyDriver(address: string): Promise<FoundNomad["driver"] | undefined> {
  const token = process.env["NOMAD_TOKEN"];
  const response = await fetch(`${address}/v1/nodes`, {
    signal: AbortSignal.timeout(lookTimeoutMs),
    headers: token === undefined ? {} : { "X-Nomad-Token": token },
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${(await response.text()).trim()}`);
  const nodes = ((await response.json()) as readonly NodeStub[]).filter(({ Status }) => Status === "ready");
  return (["docker", "raw_exec"] as const).find((driver) =>
    nodes.some(({ Drivers }) => Drivers?.[driver]?.Healthy === true),
  );
}

async function startAgent(command: string, directory: string): Promise<FoundNomad> {
  await mkdir(directory, { recursive: true });
  const [http, rpc, serf] = [await freePort(), await freePort(), await freePort()];
  const configFile = join(directory, "agent.hcl");
  await writeFile(configFile, agentConfig({ http, rpc, serf }));
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|NOMAD_|CONSUL_|VAULT_)/.test(name));
  // A group of its own: an interrupt at the terminal must not end it before its pods are gone.
  const child = spawn(command, ["agent", "-dev", "-config", configFile], {
    detached: true,
    stdio: "ignore",
    env: { ...Object.fromEntries(kept), TMPDIR: directory },
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`start ${command}: it ended with exit code ${code}`)));
  });
  failed.catch(() => {});
  const address = `http://127.0.0.1:${http}`;
  try {
    const driver = await Promise.race([
      failed,
      waitFor(() => driverOf(address), { timeoutMs: startTimeoutMs }),
    ]);
    if (driver === undefined)
      throw new Error(`start ${command}: no ready node after ${startTimeoutMs / 1000} s`);
  } catch (error) {
    await stopAgent(child);
    throw error;
  }
  return {
    address,
    driver: "raw_exec",
    origin: `an agent started from ${command}`,
    [Symbol.asyncDispose]: () => stopAgent(child),
  };
}

/** {@link healthyDriver}, undefined also while the agent does not answer yet. */
async function driverOf(address: string): Promise<FoundNomad["driver"] | undefined> {
  try {
    return await healthyDriver(address);
  } catch {
    // Not listening yet: asked again until the time is up.
    return undefined;
  }
}

async function stopAgent(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
  child.kill("SIGINT");
  await ended;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  server.close();
  await once(server, "close");
  if (bound === null || typeof bound === "string") throw new Error("find a free port: none was bound");
  return bound.port;
}

function agentConfig(ports: { readonly http: number; readonly rpc: number; readonly serf: number }): string {
  return `
bind_addr = "127.0.0.1"
ports {
  http = ${ports.http}
  rpc  = ${ports.rpc}
  serf = ${ports.serf}
}
disable_update_check = true
client {
  network_interface = "lo"
  options = {
    "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean"
    "driver.allowlist" = "raw_exec"
  }
}
plugin "raw_exec" {
  config {
    enabled = true
  }
}
`;
}
