import { chunked } from "./chunked.ts";

/** One page of a listing. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; undefined after the last. */
  readonly nextToken: string | undefined;
}

/** Every item of a listing, page by page. A page that fails fails the whole: half a listing is none. */
export async function listAll<Item>(
  page: (token: string | undefined) => Promise<ListPage<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let token: string | undefined;
  do {
    const { items: more, nextToken } = await page(token);
    items.push(...more);
    token = nextToken;
  } while (token !== undefined);
  return items;
}

/** How much a service describes at once. */
export interface DescribeLimits {
  /** Identifiers a call. */
  readonly perCall: number;
  /** Calls at the same time. */
  readonly parallel: number;
}

/** Describes every one of `ids` once, in bulk; what the service no longer knows is missing from the answer. */
export async function describeAll<Item>(
  ids: readonly string[],
  { perCall, parallel }: DescribeLimits,
  describe: (ids: readonly string[]) => Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (const group of chunked(chunked([...new Set(ids)], perCall), parallel)) {
    const replies = await Promise.all(group.map((chunk) => describe(chunk)));
    items.push(...replies.flat());
  }
  return items;
}
