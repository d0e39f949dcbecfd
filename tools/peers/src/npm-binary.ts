import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { peerFolder } from "./cache.ts";
import { findOnPath, isExecutable } from "./find-on-path.ts";
import { withLockFile } from "./lock-file.ts";
import type { Peer } from "./peer.ts";
import { runChecked } from "./run-command.ts";

/** A program that npm packages carry, one for each platform. */
export interface NpmBinary {
  readonly name: string;
  readonly version: string;
  /** `process.platform` and `process.arch` joined by `-` → the package and the path of the program in it. */
  readonly packages: Readonly<Record<string, { readonly name: string; readonly path: string }>>;
}

/** Absolute path of the program: the installed version, else the one on PATH; `undefined` when there is none. */
export async function findNpmBinary(binary: NpmBinary): Promise<string | undefined> {
  const path = cachedPath(binary);
  return path !== undefined && (await isExecutable(path)) ? path : findOnPath(binary.name);
}

/** A peer that is such a program, installed into the cache without running anything of its package. */
export function npmBinaryPeer(binary: NpmBinary): Peer {
  return {
    name: binary.name,
    version: binary.version,
    async find() {
      const location = await findNpmBinary(binary);
      if (location === undefined) {
        const why = cachedPath(binary) === undefined ? `, and there is no package for ${platform()}` : "";
        return { found: false, reason: `${binary.name} not on PATH and not installed${why}` };
      }
      return { found: true, origin: location === cachedPath(binary) ? "cache" : "PATH", location };
    },
    async install({ signal, report } = {}) {
      if ((await findNpmBinary(binary)) !== undefined) return;
      const { name } = packageOf(binary);
      const folder = peerFolder(binary.name, binary.version);
      const settings = signal === undefined ? {} : { signal };
      await withLockFile(
        `${folder}.lock`,
        async () => {
          if ((await findNpmBinary(binary)) !== undefined) return;
          report?.(`installing ${name} ${binary.version} from npm`);
          const unfinished = `${folder}.unfinished`;
          await rm(unfinished, { recursive: true, force: true });
          await mkdir(unfinished, { recursive: true });
          const flags = ["--ignore-scripts", "--no-save", "--no-audit", "--no-fund", "--prefix", unfinished];
          await runChecked("npm", ["install", ...flags, `${name}@${binary.version}`], settings);
          await rm(folder, { recursive: true, force: true });
          await rename(unfinished, folder);
        },
        settings,
      );
    },
  };
}

function platform(): string {
  return `${process.platform}-${process.arch}`;
}

function packageOf(binary: NpmBinary): { readonly name: string; readonly path: string } {
  const found = binary.packages[platform()];
  if (found === undefined) {
    throw new Error(
      `install ${binary.name}: there is no package for ${platform()}; put ${binary.name} on PATH`,
    );
  }
  return found;
}

function cachedPath(binary: NpmBinary): string | undefined {
  const found = binary.packages[platform()];
  return found && join(peerFolder(binary.name, binary.version), "node_modules", found.name, found.path);
}
