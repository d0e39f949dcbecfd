/** Longer ones are rarely the same. */
const longestText = 64;
/** Texts that only one object has, such as names, are forgotten from time to time with the rest. */
const mostTexts = 2_048;

/**
 * Lets objects that came as JSON share the texts they have in common: images, names of conditions, times. A parser makes
 * a new one of each, which is a good part of what ten thousand pods of a few workloads take.
 */
export class SharedTexts {
  readonly #texts = new Map<string, string>();

  /** Puts the shared texts in the place of the value's own, at any depth. Answers the value. */
  shareIn<T>(value: T): T {
    if (typeof value === "object" && value !== null) this.#shareMembers(value as Record<string, unknown>);
    return value;
  }

  #shareMembers(members: Record<string, unknown>): void {
    for (const key in members) {
      const member = members[key];
      if (typeof member === "string") members[key] = this.#shared(member);
      else if (typeof member === "object" && member !== null) {
        this.#shareMembers(member as Record<string, unknown>);
      }
    }
  }

  #shared(text: string): string {
    if (text.length > longestText) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= mostTexts) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}
