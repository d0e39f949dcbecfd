import { randomUUID } from "node:crypto";
import type { KubeObject } from "../api/objects.ts";
import { badRequest, expired } from "../api/status-error.ts";

/** One page of a list. */
export interface Page {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: number;
  readonly continueToken: string | undefined;
  readonly remaining: number | undefined;
}

interface Snapshot {
  readonly objects: readonly KubeObject[];
  readonly resourceVersion: number;
}

const maximumSnapshots = 64;

/**
 * Serves long lists page by page. The pages of one list come from one snapshot, as the API server promises; snapshots
 * share their objects with the store and the oldest are forgotten, after which their token answers 410.
 */
export class ListPages {
  readonly #snapshots = new Map<string, Snapshot>();

  first(objects: readonly KubeObject[], resourceVersion: number, limit: number): Page {
    if (limit <= 0 || objects.length <= limit) {
      return { items: objects, resourceVersion, continueToken: undefined, remaining: undefined };
    }
    const id = randomUUID();
    this.#snapshots.set(id, { objects, resourceVersion });
    for (const oldest of this.#snapshots.keys()) {
      if (this.#snapshots.size <= maximumSnapshots) break;
      this.#snapshots.delete(oldest);
    }
    return this.#page(id, { objects, resourceVersion }, 0, limit);
  }

  /** Forgets the rest of every list. */
  clear(): void {
    this.#snapshots.clear();
  }

  /** @throws StatusError 400 (no token of ours), 410 (forgotten) */
  next(token: string, limit: number): Page {
    const match = /^([0-9a-f-]{36})\.(\d{1,9})$/.exec(Buffer.from(token, "base64url").toString("utf8"));
    if (!match) throw badRequest("continue key is not valid: it was not issued by this server");
    const [, id = "", offset] = match;
    const snapshot = this.#snapshots.get(id);
    if (!snapshot) {
      throw expired(
        "The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.",
      );
    }
    return this.#page(id, snapshot, Number(offset), limit > 0 ? limit : snapshot.objects.length);
  }

  #page(id: string, { objects, resourceVersion }: Snapshot, offset: number, limit: number): Page {
    const end = offset + limit;
    const remaining = objects.length - end;
    const items = objects.slice(offset, end);
    if (remaining <= 0) return { items, resourceVersion, continueToken: undefined, remaining: undefined };
    const continueToken = Buffer.from(`${id}.${end}`).toString("base64url");
    return { items, resourceVersion, continueToken, remaining };
  }
}
