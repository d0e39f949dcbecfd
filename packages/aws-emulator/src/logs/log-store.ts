/** One event; `key` orders events of a stream by time, then by arrival. */
export interface StoredEvent {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
}

/** A log stream. */
export interface LogStream {
  readonly name: string;
  readonly createdAt: number;
  /** In the order of their keys. */
  readonly events: StoredEvent[];
}

/** A log group. */
export interface LogGroup {
  readonly name: string;
  readonly createdAt: number;
  readonly streams: Map<string, LogStream>;
}

/** All log groups of the emulator, in memory. */
export class LogStore {
  readonly groups: Map<string, LogGroup> = new Map();
  #arrivals = 0;

  /** The group, made when it is missing. */
  ensureGroup(name: string, now: number): LogGroup {
    const known = this.groups.get(name);
    if (known) return known;
    const group = { name, createdAt: now, streams: new Map() };
    this.groups.set(name, group);
    return group;
  }

  /** The stream, made when it is missing. */
  ensureStream(group: LogGroup, name: string, now: number): LogStream {
    const known = group.streams.get(name);
    if (known) return known;
    const stream: LogStream = { name, createdAt: now, events: [] };
    group.streams.set(name, stream);
    return stream;
  }

  append(stream: LogStream, timestamp: number, message: string, now: number): void {
    const key = `${String(timestamp).padStart(16, "0")}${String(this.#arrivals++).padStart(12, "0")}`;
    const event = { key, timestamp, message, ingestionTime: now };
    const last = stream.events.at(-1);
    if (last === undefined || last.key < key) {
      stream.events.push(event);
      return;
    }
    const at = stream.events.findIndex((other) => other.key > key);
    stream.events.splice(at, 0, event);
  }
}
