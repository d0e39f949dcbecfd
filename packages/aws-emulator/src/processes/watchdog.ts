import { type ChildProcess, spawn } from "node:child_process";

/** Reads `+ pid` and `- pid`; at the end of the input kills the groups that are left. */
const script = `pids=' '
while read -r change pid; do
  case $change in
  +) pids="$pids$pid " ;;
  -) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
for pid in $pids; do kill -KILL "-$pid" 2>/dev/null; done`;

/**
 * Outlives the emulator's process for a moment: when that ends without disposing, by whatever signal, its pipe closes
 * and the process groups that were left are killed.
 */
export class Watchdog {
  readonly #groups = new Set<number>();
  #child: ChildProcess | undefined;

  add(group: number): void {
    this.#groups.add(group);
    if (this.#child) this.#child.stdin?.write(`+ ${group}\n`);
    else this.#child = this.#start();
  }

  remove(group: number): void {
    if (this.#groups.delete(group)) this.#child?.stdin?.write(`- ${group}\n`);
  }

  /** To be called when every group has ended. */
  async end(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    child.ref();
    child.stdin?.end();
    await closed;
  }

  #start(): ChildProcess {
    const child = spawn("/bin/sh", ["-c", script], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
    // Whoever killed it: the next group starts another, which gets to know all.
    const lost = () => {
      if (this.#child === child) this.#child = undefined;
    };
    child.once("error", lost);
    child.once("exit", lost);
    child.stdin.on("error", lost);
    child.stdin.write([...this.#groups].map((group) => `+ ${group}\n`).join(""));
    child.unref();
    if ("unref" in child.stdin && typeof child.stdin.unref === "function") child.stdin.unref();
    return child;
  }
}
