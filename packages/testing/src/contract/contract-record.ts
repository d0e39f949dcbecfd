import { type PodRecord, ProviderError } from "@vkubelet/core";

/** What goes wrong with a coming write of a record. */
export interface RecordFault {
  /** Which write, counted from 1 over all of the pod's writes. */
  readonly write: number;
  /** Whether the entries become durable before the write fails. */
  readonly durable: boolean;
  readonly error: ProviderError;
}

/** A pod's record as a host keeps it: it outlives the provider. */
export class ContractRecord implements PodRecord {
  #entries: Readonly<Record<string, string>> | undefined;
  /** How often the provider wrote. */
  writes = 0;
  fault: RecordFault | undefined;

  read(): Readonly<Record<string, string>> | undefined {
    return this.#entries;
  }

  async write(changes: Readonly<Record<string, string | null>>): Promise<void> {
    this.writes += 1;
    const fault = this.fault?.write === this.writes ? this.fault : undefined;
    if (fault === undefined || fault.durable) this.#merge(changes);
    if (fault !== undefined) throw fault.error;
  }

  #merge(changes: Readonly<Record<string, string | null>>): void {
    const entries: Record<string, string> = { ...this.#entries };
    for (const [key, value] of Object.entries(changes)) {
      if (value === null) delete entries[key];
      else entries[key] = value;
    }
    const size = Object.values(entries).reduce((sum, value) => sum + value.length, 0);
    if (size > 4_096) throw new ProviderError("InvalidInput", "the pod's record would exceed 4 KiB");
    this.#entries = entries;
  }
}
