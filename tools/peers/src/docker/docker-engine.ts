import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningProcess, startProcess } from "../child-process.ts";
import { findOnPath } from "../find-on-path.ts";
import { unmountBelow } from "../unmount-below.ts";
import { type Bridge, createBridge } from "./bridge.ts";
import { busyboxRootArchive, findBusybox } from "./busybox.ts";
import { dockerPeer } from "./docker-peer.ts";
import { callEngine } from "./engine-api.ts";

/** A Docker engine of its own: own data, own socket, nothing shared with an engine of the machine. */
export interface DockerEngine extends AsyncDisposable {
  /** `unix://…`, for DOCKER_HOST. */
  readonly host: string;
  readonly socketPath: string;
  /** Name of the image with busybox at /bin. */
  readonly busyboxImage: string;
  /** Tar archive with the files of that image, to make others of; gone with the engine. */
  readonly busyboxArchive: string;
  /** Environment for a docker command or a client library. */
  readonly env: Readonly<Record<string, string>>;
  /** Gives the busybox image one more name, such as the one a pod asks for. */
  tagBusybox(repository: string, tag: string): Promise<void>;
  /** Removes the containers, stops the engine and removes its data. */
  stop(): Promise<void>;
}

const image = { repository: "vkubelet-peers/busybox", tag: "1" } as const;

/**
 * Starts dockerd as root, in 2 to 5 seconds, and imports a busybox image; no registry is involved.
 * Rejects when the engine is not on PATH or does not get ready.
 */
export async function startDockerEngine(
  options: { readonly signal?: AbortSignal } = {},
): Promise<DockerEngine> {
  const state = await dockerPeer.find();
  const engine = await findOnPath("dockerd");
  const busybox = await findBusybox();
  if (!state.found) throw new Error(`start a Docker engine: ${state.reason}`);
  if (engine === undefined || busybox === undefined)
    throw new Error("start a Docker engine: it has just been removed");
  const folder = await mkdtemp(join(tmpdir(), "vkubelet-docker-"));
  const socketPath = socketIn(folder);
  const bridge = await createBridge();
  const running = await startDockerd(engine, folder, bridge, options.signal).catch(async (error) => {
    await bridge.remove();
    throw error;
  });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stopEngine(running, folder, bridge);
    return stopping;
  };
  let busyboxArchive: string;
  try {
    busyboxArchive = await busyboxRootArchive(busybox, join(folder, "image"));
    await importBusybox(busyboxArchive, socketPath);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host: `unix://${socketPath}`,
    socketPath,
    busyboxImage: `${image.repository}:${image.tag}`,
    busyboxArchive,
    env: { DOCKER_HOST: `unix://${socketPath}` },
    async tagBusybox(repository, tag) {
      const query = new URLSearchParams({ repo: repository, tag });
      const name = encodeURIComponent(`${image.repository}:${image.tag}`);
      await expectStatus(socketPath, "POST", `/images/${name}/tag?${query}`, 201);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const socketIn = (folder: string) => join(folder, "docker.sock");

async function startDockerd(
  engine: string,
  folder: string,
  bridge: Bridge,
  signal: AbortSignal | undefined,
): Promise<RunningProcess> {
  const socketPath = socketIn(folder);
  const configuration = join(folder, "daemon.json");
  // An empty configuration of its own: without it the engine would read the machine's.
  await writeFile(configuration, "{}\n");
  return startProcess({
    name: "dockerd",
    command: engine,
    args: [
      ...["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")],
      ...["--pidfile", join(folder, "docker.pid"), "-H", `unix://${socketPath}`],
      ...["--config-file", configuration, "--bridge", bridge.name],
    ],
    logFile: join(folder, "dockerd.log"),
    ready: async (signal) => {
      const { status } = await callEngine({ socketPath, method: "GET", path: "/_ping", signal });
      return status === 200;
    },
    stopTimeout: 30_000,
    ...(signal === undefined ? {} : { signal }),
  });
}

async function importBusybox(archive: string, socketPath: string): Promise<void> {
  const query = new URLSearchParams({ fromSrc: "-", repo: image.repository, tag: image.tag });
  query.append("changes", 'CMD ["/bin/sh"]');
  query.append("changes", "ENV PATH=/bin");
  await expectStatus(socketPath, "POST", `/images/create?${query}`, 200, archive);
}

async function stopEngine(running: RunningProcess, folder: string, bridge: Bridge): Promise<void> {
  const socketPath = socketIn(folder);
  try {
    const { body } = await callEngine({ socketPath, method: "GET", path: "/containers/json?all=1" });
    // Without this the engine gives every container 10 seconds to end by itself.
    for (const { Id } of JSON.parse(body) as { Id: string }[]) {
      await callEngine({ socketPath, method: "DELETE", path: `/containers/${Id}?force=1&v=1` });
    }
  } finally {
    await running.stop();
    await bridge.remove();
    // Containers on the host's network leave a network namespace mounted.
    await unmountBelow(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

async function expectStatus(
  socketPath: string,
  method: string,
  path: string,
  expected: number,
  bodyFile?: string,
): Promise<void> {
  const { status, body } = await callEngine({
    socketPath,
    method,
    path,
    ...(bodyFile === undefined ? {} : { bodyFile }),
  });
  if (status !== expected)
    throw new Error(`ask the engine for ${method} ${path}: status ${status}: ${body.trim()}`);
}
