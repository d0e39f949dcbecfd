import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProcess } from "../child-process.ts";
import { freePort } from "../free-port.ts";
import { answersOk } from "../http-ready.ts";
import type { Peer } from "../peer.ts";

/** Settings of every AWS double. */
export interface AwsServerOptions {
  /** `unix://…` of the engine that runs tasks and jobs as containers. What happens without one is said at each server. */
  readonly dockerHost?: string;
  readonly signal?: AbortSignal;
}

/** A running AWS double on loopback. */
export interface AwsServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, for all services. Any access key is accepted. */
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/** Starts one AWS double in a folder of its own. */
export async function startAwsServer(
  peer: Peer,
  options: AwsServerOptions,
  how: {
    readonly command: string;
    readonly args: (port: number) => readonly string[];
    readonly env?: (port: number) => Readonly<Record<string, string>>;
    /** Path that answers 200 when everything is up. */
    readonly readyPath: string;
  },
): Promise<AwsServer> {
  const state = await peer.find();
  if (!state.found) throw new Error(`start ${peer.name}: ${state.reason}`);
  const folder = await mkdtemp(join(tmpdir(), `vkubelet-${peer.name}-`));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const running = await startProcess({
    name: peer.name,
    command: how.command,
    args: how.args(port),
    cwd: folder,
    env: { ...environment(folder, options.dockerHost), ...how.env?.(port) },
    logFile: join(folder, `${peer.name}.log`),
    ready: (signal) => answersOk(`${endpoint}${how.readyPath}`, { signal }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const stop = async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { endpoint, stop, [Symbol.asyncDispose]: stop };
}

/** The environment of this process without its AWS and Docker settings, which would reach real accounts and engines. */
function environment(folder: string, dockerHost: string | undefined): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|DOCKER)_/.test(name));
  return {
    ...Object.fromEntries(inherited),
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_DEFAULT_REGION: "us-east-1",
    TMPDIR: folder,
    HOME: folder,
    // A socket that is not there: nothing may find the machine's own engine by default.
    DOCKER_HOST: dockerHost ?? `unix://${join(folder, "no-engine.sock")}`,
  };
}
