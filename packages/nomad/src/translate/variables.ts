import { ProviderError } from "@vkubelet/core";

/** Items of one Nomad variable. */
export type VariableItems = Readonly<Record<string, string>>;

/** A variable that must be there before the job is. */
export interface VariableRequest {
  readonly path: string;
  readonly items: VariableItems;
}

/** What a value is for. */
export type VariableUse = "environment" | "file" | "username" | "password";

/** Keys and values of one variable together (Nomad, since 1.5). */
const maximumVariableBytes = 65_536;

/** Collects the secret values of one variable under generated keys, since Nomad's templates cannot name every key. */
export class VariableBuilder {
  readonly path: string;
  readonly #prefix: string;
  readonly #items: Record<string, string> = {};
  readonly #counts = { environment: 0, file: 0, username: 0, password: 0 };

  /** `prefix` keeps the keys of several tasks apart that share a variable. */
  constructor(path: string, prefix = "") {
    this.path = path;
    this.#prefix = prefix;
  }

  /**
   * Adds a value and returns its key. The keys of files do not depend on how many values the environment has, which may
   * be another number by the time when files are written again.
   */
  add(use: VariableUse, value: string): string {
    const key = `${this.#prefix}${use.charAt(0)}${this.#counts[use]}`;
    this.#counts[use] += 1;
    this.#items[key] = value;
    return key;
  }

  get items(): VariableItems {
    return this.#items;
  }
}

/** One request for each path, of all builders that hold anything. Throws `InvalidInput` above Nomad's size limit. */
export function variableRequests(builders: readonly VariableBuilder[]): readonly VariableRequest[] {
  const byPath = new Map<string, Record<string, string>>();
  for (const builder of builders) {
    if (Object.keys(builder.items).length === 0) continue;
    byPath.set(builder.path, { ...byPath.get(builder.path), ...builder.items });
  }
  return [...byPath].map(([path, items]) => {
    const bytes = Object.entries(items).reduce(
      (sum, [key, value]) => sum + key.length + new TextEncoder().encode(value).length,
      0,
    );
    if (bytes > maximumVariableBytes) {
      throw new ProviderError(
        "InvalidInput",
        `secrets of the pod do not fit: ${bytes} bytes for the Nomad variable ${path}, which holds ${maximumVariableBytes}; mount fewer secrets`,
        { reason: "NomadVariableTooLarge" },
      );
    }
    return { path, items };
  });
}

/** Base64 of bytes, without the help of Node. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 8_192) {
    // Spread, bytes would be taken one by one by an iterator.
    text += Reflect.apply(String.fromCharCode, null, bytes.subarray(start, start + 8_192));
  }
  return btoa(text);
}
