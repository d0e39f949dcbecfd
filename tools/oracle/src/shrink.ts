/** Every JSON value that is `value` with one thing taken away: an entry, an element behind the first, a character. */
export function* smaller(value: unknown, isTuple = true): Iterable<unknown> {
  if (typeof value === "string") {
    for (let index = 0; index < value.length; index++) yield value.slice(0, index) + value.slice(index + 1);
  } else if (Array.isArray(value)) {
    // The outermost list is the case itself: its places have meanings.
    if (!isTuple) for (const index of value.keys()) yield value.toSpliced(index, 1);
    for (const [index, element] of value.entries()) {
      for (const replaced of smaller(element, false)) yield value.with(index, replaced);
    }
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    for (const [key] of entries) yield Object.fromEntries(entries.filter(([name]) => name !== key));
    for (const [key, entry] of entries) {
      for (const replaced of smaller(entry, false)) yield { ...value, [key]: replaced };
    }
  }
}
