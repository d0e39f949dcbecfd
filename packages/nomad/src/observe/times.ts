/** RFC 3339 of nanoseconds since the epoch. Nomad's zero is no time. */
export function timeOfNanoseconds(nanoseconds: number | undefined): string | undefined {
  if (nanoseconds === undefined || nanoseconds <= 0) return undefined;
  return new Date(Math.floor(nanoseconds / 1_000_000)).toISOString();
}

/** A time as Nomad's task states write it; their zero (`0001-01-01T00:00:00Z`) is no time. */
export function timeOfText(text: string | null | undefined): string | undefined {
  return text === null || text === undefined || text.startsWith("0001-") ? undefined : text;
}
