import { type PodContext, type PodNotice, ProviderError, silentLogger } from "@vkubelet/core";
import { FakeClock } from "./fake-clock.ts";

/** A context whose record survives, and whose writes can be made to fail. */
export class TestPodContext implements PodContext {
  readonly controller: AbortController = new AbortController();
  readonly signal: AbortSignal = this.controller.signal;
  readonly logger: PodContext["logger"] = silentLogger;
  readonly clock: FakeClock = new FakeClock();
  readonly notices: PodNotice[] = [];
  entries: Record<string, string> = {};
  /** Which of the coming writes crash, counted from 1, and whether what they write becomes durable before. */
  crashes: { readonly write: number; readonly durable: boolean }[] = [];
  #writes = 0;

  notify(notice: PodNotice): void {
    this.notices.push(notice);
  }

  readonly record: PodContext["record"] = {
    read: () => (Object.keys(this.entries).length === 0 ? undefined : { ...this.entries }),
    write: async (changes) => {
      this.#writes++;
      const crash = this.crashes.find(({ write }) => write === this.#writes);
      if (crash === undefined || crash.durable) this.#apply(changes);
      if (crash) throw new ProviderError("Unavailable", "the host crashed");
    },
  };

  #apply(changes: Readonly<Record<string, string | null>>): void {
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) delete this.entries[key];
      else this.entries[key] = value;
    }
  }
}
