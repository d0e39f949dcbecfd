// A process that can die at any of its calls to the system, told from others in this process by its asynchronous context.
import { AsyncLocalStorage } from "node:async_hooks";
import type childProcess from "node:child_process";
import { EventEmitter } from "node:events";
import type filePromises from "node:fs/promises";
import { promisify } from "node:util";

const current = new AsyncLocalStorage<MortalProcess>();

/**
 * What runs in {@link live} changes nothing any more from the moment of death on: none of its calls is made, and none of
 * its promises is ever settled, as after `kill -9`. What it started goes on.
 */
export class MortalProcess {
  /** Names of the calls that change something, from {@link count} on. */
  readonly calls: string[] = [];
  readonly #diesAt: number;
  readonly #death = Promise.withResolvers<"dead">();
  #counting = false;
  #unseen = false;
  #dead = false;

  /** `diesAt`: before which of the counted calls, from 0; infinity: never. */
  constructor(diesAt: number) {
    this.#diesAt = diesAt;
  }

  /** Runs `work`; `dead` when that ended before it. */
  live<T>(work: () => Promise<T>): Promise<T | "dead"> {
    return Promise.race([current.run(this, work), this.#death.promise]);
  }

  /** Calls count from here on. */
  count(): void {
    this.#counting = true;
  }

  /**
   * Whether the process still lives after it came to this call. Of calls in a row for something that nobody looks at yet,
   * because it will get its name only when it is whole, the first and the last count.
   */
  survives(call: string, path: unknown = ""): boolean {
    const unseen = /\/\.?(new|old|entry|trial)-|\.[0-9a-f]{8}-[0-9a-f]{4}-/.test(String(path)) && call !== "rename" && call !== "link";
    const counts = !unseen || !this.#unseen;
    this.#unseen = unseen;
    if (this.#counting && counts && !this.#dead) {
      if (this.calls.length === this.#diesAt) {
        this.#dead = true;
        this.#death.resolve("dead");
      } else this.calls.push(call);
    }
    return !this.#dead;
  }

  get dead(): boolean {
    return this.#dead;
  }
}

const never = new Promise<never>(() => undefined);

const changes = [
  "mkdir",
  "mkdtemp",
  "rename",
  "link",
  "symlink",
  "rm",
  "rmdir",
  "chmod",
  "chown",
  "copyFile",
] as const;
const reads = ["readFile", "readdir", "stat", "lstat", "access", "realpath", "open", "statfs"] as const;

type Call = (...words: never[]) => Promise<unknown>;

/** `node:fs/promises` for mortal processes. What writes a file may also leave it empty. */
export function mortalFiles(actual: typeof filePromises): typeof filePromises {
  const gated: Record<string, Call> = {};
  for (const name of [...changes, ...reads]) {
    const call = actual[name] as Call;
    const counts = (changes as readonly string[]).includes(name);
    gated[name] = (...words) => {
      const process = current.getStore();
      if (process !== undefined && !(counts ? process.survives(name, words.slice(0, 2).join(" ")) : !process.dead)) return never;
      return call(...words);
    };
  }
  for (const name of ["writeFile", "appendFile"] as const) {
    const call = actual[name] as Call;
    gated[name] = async (...words) => {
      const process = current.getStore();
      if (process?.survives(name, words[0]) === false) return never;
      if (process?.survives(`${name}, half`, words[0]) === false) {
        const [path, , options] = words as unknown[];
        await call(...([path, "", options] as never[]));
        return never;
      }
      return call(...words);
    };
  }
  return { ...actual, ...gated };
}

type ExecFile = (file: string, words: readonly string[], options: object) => Promise<unknown>;

/** `node:child_process` for mortal processes; `ldd` only reads. */
export function mortalChildren(actual: typeof childProcess): typeof childProcess {
  const execute = promisify(actual.execFile) as unknown as ExecFile;
  const execFile = Object.assign((...words: unknown[]) => (actual.execFile as unknown as Call)(...(words as never[])), {
    [promisify.custom]: (file: string, words: readonly string[], options: object) =>
      !file.endsWith("/ldd") && current.getStore()?.survives(`execFile ${file.split("/").at(-1)}`) === false ? never : execute(file, words, options),
  });
  const spawn = (...words: unknown[]) => {
    if (current.getStore()?.survives("spawn") === false) return Object.assign(new EventEmitter(), { unref() {} });
    return (actual.spawn as unknown as (...words: unknown[]) => unknown)(...words);
  };
  return { ...actual, execFile, spawn } as unknown as typeof childProcess;
}

/** `process.kill` for mortal processes. */
export function mortalKill(actual: typeof process.kill): typeof process.kill {
  return (pid, signal) => {
    if (current.getStore()?.survives("kill") !== false) return actual(pid, signal);
    throw Object.assign(new Error("dead"), { code: "ESRCH" });
  };
}
