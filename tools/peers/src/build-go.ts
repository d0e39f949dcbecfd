import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { peerFolder } from "./cache.ts";
import { findOnPath, isExecutable } from "./find-on-path.ts";
import { withLockFile } from "./lock-file.ts";
import { runChecked } from "./run-command.ts";

/** Commands of one Go module that are built together into one cache folder. */
export interface GoBuild {
  /** Name and version make the cache folder. */
  readonly name: string;
  readonly version: string;
  /** Folder of the go.mod that pins the module. */
  readonly moduleFolder: string;
  /** Command name → Go package, in the order in which they are built. */
  readonly commands: Readonly<Record<string, string>>;
  /** Flags of the linker besides `-s -w`. */
  readonly linkerFlags?: readonly string[];
  /** Flags of `go build` besides `-trimpath`. */
  readonly buildFlags?: readonly string[];
  /** Whether commands of that name on PATH are left alone, because they may be of another version. */
  readonly cacheOnly?: boolean;
}

/** Where the commands of a build were found. */
export interface FoundCommands {
  readonly origin: "PATH" | "cache";
  /** Command name → absolute path. */
  readonly paths: Readonly<Record<string, string>>;
}

/** Looks on PATH (unless the build is `cacheOnly`), then in the cache; all commands must be in the same of the two. */
export async function findGoCommands(build: GoBuild): Promise<FoundCommands | undefined> {
  const names = Object.keys(build.commands);
  const onPath = await Promise.all(
    names.map(async (name) => [name, build.cacheOnly ? undefined : await findOnPath(name)] as const),
  );
  if (onPath.every((entry): entry is readonly [string, string] => entry[1] !== undefined)) {
    return { origin: "PATH", paths: Object.fromEntries(onPath) };
  }
  const missing = await missingInCache(build);
  return missing.length === 0 ? { origin: "cache", paths: cachePaths(build) } : undefined;
}

/** Why a build cannot be started on this machine; `undefined` when it can. */
export async function goBuildObstacle(): Promise<string | undefined> {
  return (await findOnPath("go")) === undefined ? "there is no go command on PATH" : undefined;
}

/**
 * Builds the commands that the cache lacks and returns where they all are. Two processes never build the same peer at
 * once, and a command appears in the cache only when it is complete.
 */
export async function buildGoCommands(
  build: GoBuild,
  options: { readonly signal?: AbortSignal; readonly report?: (line: string) => void } = {},
): Promise<FoundCommands> {
  const found = await findGoCommands(build);
  if (found !== undefined) return found;
  const folder = peerFolder(build.name, build.version);
  await withLockFile(
    `${folder}.lock`,
    async () => {
      const missing = await missingInCache(build);
      if (missing.length === 0) return;
      const obstacle = await goBuildObstacle();
      if (obstacle !== undefined) {
        throw new Error(
          `build ${build.name} ${build.version}: ${obstacle}; install Go, or put ${missing.join(", ")} on PATH`,
        );
      }
      await mkdir(folder, { recursive: true });
      for (const command of missing) {
        options.report?.(`building ${command} ${build.version}`);
        await buildOne(build, command, folder, options.signal);
      }
    },
    options,
  );
  return { origin: "cache", paths: cachePaths(build) };
}

async function buildOne(
  build: GoBuild,
  command: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const goPackage = build.commands[command];
  if (goPackage === undefined) throw new Error(`build ${command}: it is no command of ${build.name}`);
  const unfinished = join(folder, `.${command}.${randomUUID()}`);
  const linkerFlags = ["-s", "-w", ...(build.linkerFlags ?? [])].join(" ");
  try {
    await runChecked(
      "go",
      [
        "build",
        "-trimpath",
        ...(build.buildFlags ?? []),
        "-ldflags",
        linkerFlags,
        "-o",
        unfinished,
        goPackage,
      ],
      {
        cwd: build.moduleFolder,
        env: { ...process.env, CGO_ENABLED: "0" },
        ...(signal === undefined ? {} : { signal }),
      },
    );
    await rename(unfinished, join(folder, command));
  } finally {
    await rm(unfinished, { force: true });
  }
}

function cachePaths(build: GoBuild): Record<string, string> {
  const folder = peerFolder(build.name, build.version);
  return Object.fromEntries(Object.keys(build.commands).map((name) => [name, join(folder, name)]));
}

async function missingInCache(build: GoBuild): Promise<string[]> {
  const paths = Object.entries(cachePaths(build));
  const present = await Promise.all(paths.map(([, path]) => isExecutable(path)));
  return paths.flatMap(([name], index) => (present[index] === true ? [] : [name]));
}
