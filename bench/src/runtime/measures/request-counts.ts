/** Requests that the API server answered, by `VERB resource/subresource`. */
export type RequestCounts = ReadonlyMap<string, number>;

const line = /^apiserver_request_total\{([^}]*)\} (\S+)$/;
/** What a node reads and writes; all else is the API server's own housekeeping. */
const resources = new Set(["pods", "events", "nodes", "leases", "secrets", "configmaps", "services"]);

/** Reads the counts from the text of the API server's `/metrics`. */
export function parseRequestCounts(metrics: string): RequestCounts {
  const counts = new Map<string, number>();
  for (const text of metrics.split("\n")) {
    const [, labels, value] = line.exec(text) ?? [];
    if (labels === undefined) continue;
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? "";
    const resource = label("resource");
    if (!resources.has(resource)) continue;
    const subresource = label("subresource");
    const key = `${label("verb")} ${resource}${subresource === "" ? "" : `/${subresource}`}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(value));
  }
  return counts;
}

/** What came between two readings, without what did not change. */
export function requestsBetween(before: RequestCounts, after: RequestCounts): RequestCounts {
  const differences = [...after].map(([key, count]) => [key, count - (before.get(key) ?? 0)] as const);
  return new Map(differences.filter(([, count]) => count !== 0));
}

/** Without what the driver itself sent. */
export function withoutDriver(
  counts: RequestCounts,
  driver: Readonly<Record<string, number>>,
): RequestCounts {
  const rest = [...counts].map(([key, count]) => [key, count - (driver[key] ?? 0)] as const);
  return new Map(rest.filter(([, count]) => count !== 0));
}

/** The number of writes to pods. */
export function podWrites(counts: RequestCounts): number {
  return sumOf(counts, (key) => /^(POST|PUT|PATCH|APPLY|DELETE) pods/.test(key));
}

/** The number of writes of events. */
export function eventWrites(counts: RequestCounts): number {
  return sumOf(counts, (key) => /^(POST|PUT|PATCH|APPLY) events/.test(key));
}

function sumOf(counts: RequestCounts, wanted: (key: string) => boolean): number {
  return [...counts].reduce((sum, [key, count]) => (wanted(key) ? sum + count : sum), 0);
}
