import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { peerFolder } from "./cache.ts";
import { findOnPath } from "./find-on-path.ts";
import { withLockFile } from "./lock-file.ts";
import type { Peer } from "./peer.ts";
import { runChecked } from "./run-command.ts";

/** A peer that is a package of PyPI. */
export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** Extras of the package, such as `server`. */
  readonly extras?: readonly string[];
  /** Further requirements, each with its exact version. */
  readonly requirements?: readonly string[];
}

/** Path of a command in the virtual environment of a package. It need not exist. */
export function pythonCommand(python: PythonPackage, command: string): string {
  return join(peerFolder(python.name, python.version), "bin", command);
}

/**
 * A peer in a virtual environment of its own in the cache. One that is on PATH is not used: whether it has the extras,
 * and which versions of its dependencies, shows only in tests that fail.
 */
export function pythonPeer(python: PythonPackage): Peer {
  // Asked anew each time: the cache folder follows the environment.
  const place = () => peerFolder(python.name, python.version);
  const markerIn = (folder: string) => join(folder, ".complete");
  const content = `${requirements(python).join("\n")}\n`;
  // An environment made for other requirements is made anew.
  const installed = () =>
    readFile(markerIn(place()), "utf8").then(
      (text) => text === content,
      () => false,
    );
  return {
    name: python.name,
    version: python.version,
    async find() {
      if (await installed()) return { found: true, origin: "cache", location: place() };
      const obstacle = (await findOnPath("python3")) === undefined ? " and there is no python3 on PATH" : "";
      return { found: false, reason: `version ${python.version} is not installed in the cache${obstacle}` };
    },
    async install(options = {}) {
      const { signal, report } = options;
      const settings = signal === undefined ? {} : { signal };
      if (await installed()) return;
      const folder = place();
      const marker = markerIn(folder);
      await withLockFile(
        `${folder}.lock`,
        async () => {
          if (await installed()) return;
          report?.(`installing ${python.name} ${python.version} from PyPI`);
          // What an interrupted installation left. Scripts hold absolute paths, so it is made in place, not renamed.
          await rm(folder, { recursive: true, force: true });
          await mkdir(dirname(folder), { recursive: true });
          await runChecked("python3", ["-m", "venv", folder], settings);
          await runChecked(
            pythonCommand(python, "python"),
            ["-m", "pip", "install", "-q", ...requirements(python)],
            settings,
          );
          await writeFile(`${marker}.unfinished`, content);
          await rename(`${marker}.unfinished`, marker);
        },
        settings,
      );
    },
  };
}

function requirements(python: PythonPackage): string[] {
  const extras = python.extras === undefined ? "" : `[${python.extras.join(",")}]`;
  return [`${python.name}${extras}==${python.version}`, ...(python.requirements ?? [])];
}
