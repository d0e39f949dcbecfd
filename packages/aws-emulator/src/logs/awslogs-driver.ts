import { StringDecoder } from "node:string_decoder";
import type { EmulatorClock } from "../clock.ts";
import type { LogTarget } from "../tasks/container-plan.ts";
import type { LogStore } from "./log-store.ts";

/** Docker splits longer lines into messages of that many characters (moby, daemon/logger/copier.go: 16 KiB). */
const lineLimit = 16 * 1024;

/** Takes a container's output. */
export interface LogSink {
  write(chunk: Buffer): void;
  /** A last line without an end is an event too. */
  end(): void;
}

/** Writes output into log streams, one event a line, as the log driver `awslogs` does. */
export class AwslogsDriver {
  readonly #store: LogStore;
  readonly #clock: EmulatorClock;

  constructor(store: LogStore, clock: EmulatorClock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Why a container with this target cannot be started: developer guide, "awslogs log driver", awslogs-create-group. */
  prepare(target: LogTarget): string | undefined {
    if (target.createGroup) this.#store.ensureGroup(target.group, this.#clock.now());
    if (this.#store.groups.has(target.group)) return undefined;
    return `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. (${target.group}) : exit status 1`;
  }

  /** The stream is there from the start of the container on. */
  open(target: LogTarget): LogSink {
    const now = this.#clock.now();
    const group = this.#store.ensureGroup(target.group, now);
    const stream = this.#store.ensureStream(group, target.stream, now);
    const decoder = new StringDecoder("utf8");
    let rest = "";
    const emit = (line: string) => {
      const at = this.#clock.now();
      // PutLogEvents takes no empty message; the driver leaves empty lines out.
      if (line !== "") this.#store.append(stream, at, line, at);
    };
    return {
      write: (chunk) => {
        const lines = (rest + decoder.write(chunk)).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) for (const part of parts(line)) emit(part);
        while (rest.length >= lineLimit) {
          emit(rest.slice(0, lineLimit));
          rest = rest.slice(lineLimit);
        }
      },
      end: () => {
        for (const part of parts(rest + decoder.end())) emit(part);
        rest = "";
      },
    };
  }
}

function parts(line: string): readonly string[] {
  if (line.length <= lineLimit) return [line];
  return [line.slice(0, lineLimit), ...parts(line.slice(lineLimit))];
}
