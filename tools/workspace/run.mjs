// Child processes of the workspace scripts. Node ≥ 20, no dependencies: this runs before anything is installed.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const pnpmVersion = "12.21.0";
const minute = 60_000;

// The workspace's own Node and tools come first, so that the scripts mean the same on every machine.
const environment = {
  ...process.env,
  PATH: [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter),
};

/**
 * Runs a command in the workspace and resolves with its exit code. Its output goes to this process' own, or to
 * `logFile`. After `limit` milliseconds it is killed with all its children, and counts as failed; an interrupt of
 * this process is passed on, and rejects with the command's `exitCode` in the error.
 */
export function run(command, args, { env = {}, cwd = root, logFile = undefined, limit = 40 * minute } = {}) {
  const output = logFile === undefined ? "inherit" : openSync(logFile, "a");
  const child = spawn(command, args, {
    cwd,
    env: { ...environment, ...env },
    stdio: ["ignore", output, output],
    // A group of its own, so that a limit or an interrupt reaches grandchildren too.
    detached: true,
  });
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      console.error(`${command} ${args.join(" ")}: stopped after ${limit / minute} minutes`);
      kill("SIGKILL");
    }, limit);
    let interrupt;
    const forward = (signal) => {
      interrupt = signal;
      kill(signal);
    };
    process.on("SIGINT", forward);
    process.on("SIGTERM", forward);
    const settle = () => {
      clearTimeout(timer);
      if (typeof output === "number") closeSync(output);
      process.off("SIGINT", forward);
      process.off("SIGTERM", forward);
    };
    child.once("error", (error) => {
      settle();
      reject(new Error(`run ${command}: ${error.message}`, { cause: error }));
    });
    child.once("close", (code) => {
      settle();
      if (interrupt === undefined) resolve(code ?? 1);
      else {
        const error = new Error(`run ${command}: interrupted by ${interrupt}`);
        reject(Object.assign(error, { exitCode: code ?? 1 }));
      }
    });
  });
}

/** Runs the workspace's version of pnpm, which need not be installed. */
export function pnpm(args, options) {
  return run("npx", ["--yes", `pnpm@${pnpmVersion}`, ...args], options);
}

/** Installs the dependencies exactly as the lockfile says; a matter of two seconds when they are there. */
export async function installDependencies() {
  const code = await pnpm(["install", "--frozen-lockfile", "--config.confirmModulesPurge=false"]);
  if (code !== 0) throw new Error(`install the dependencies: pnpm ended with exit code ${code}`);
}

/** Builds every package and what the benchmark measures, dependencies first. Resolves with the exit code. */
export function buildPackages() {
  return pnpm(["-r", "--filter", "./packages/*", "--filter", "./bench", "run", "build"]);
}
