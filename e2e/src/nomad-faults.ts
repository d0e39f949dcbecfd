import type { ContractFaults, FaultKind, PlannedHang, RequestFaults } from "@vkubelet/testing";

type Point = keyof ContractFaults;

/** What happens to the next request for something; one that hangs tells that it has arrived. */
type Plan = FaultKind | { readonly arrive: () => void };

/** What Nomad answers where it does not do what it is asked for (command/agent/http.go of Nomad 1.11). */
const answers: Readonly<Partial<Record<FaultKind, { readonly status: number; readonly text: string }>>> = {
  unavailable: { status: 500, text: "No cluster leader" },
  throttled: { status: 429, text: "Too Many Requests" },
  unauthorized: { status: 403, text: "Permission denied" },
};

/** A `fetch` to a real Nomad in which the next request for something fails, once that is planned. */
export class NomadFaults {
  readonly #planned = new Map<Point, Plan>();
  readonly #streams = new Set<AbortController>();

  readonly faults: ContractFaults = {
    create: this.#at("create", ["unavailable", "throttled", "unauthorized", "loseReply"], "hangs"),
    find: this.#at("find", ["unavailable"]),
    list: this.#at("list", ["unavailable", "throttled", "unauthorized", "partial"], "hangs"),
    stop: this.#at("stop", ["unavailable"], "hangs"),
    watch: { unavailable: () => this.#breakStreams() },
    health: this.#at("health", ["unavailable"]),
  };

  readonly fetch: typeof fetch = async (input, init) => {
    const point = pointOf(new URL(String(input)), init?.method ?? "GET");
    const plan = point === undefined ? undefined : this.#planned.get(point);
    if (point !== undefined && plan !== undefined) {
      this.#planned.delete(point);
      if (plan === "partial") this.#planned.set(point, "unavailable");
      else return await failed(plan, input, init);
    }
    return point === "watch" ? await this.#openStream(input, init) : await fetch(input, init);
  };

  #at(point: Point, kinds: readonly FaultKind[], hangs?: "hangs"): RequestFaults {
    const faults = kinds.map((kind) => [kind, () => void this.#planned.set(point, kind)]);
    return { ...Object.fromEntries(faults), ...(hangs && { hang: () => this.#hang(point) }) };
  }

  #hang(point: Point): PlannedHang {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#planned.set(point, { arrive: resolve });
    return { arrived: promise };
  }

  async #openStream(input: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Response> {
    const broken = new AbortController();
    this.#streams.add(broken);
    const signals = [broken.signal, ...(init.signal ? [init.signal] : [])];
    return await fetch(input, { ...init, signal: AbortSignal.any(signals) });
  }

  #breakStreams(): void {
    if (this.#streams.size === 0) this.#planned.set("watch", "unavailable");
    for (const stream of this.#streams) stream.abort(new TypeError("terminated"));
    this.#streams.clear();
  }
}

function pointOf({ pathname, searchParams }: URL, method: string): Point | undefined {
  if (pathname === "/v1/jobs" && method === "PUT") return "create";
  if (["/v1/jobs", "/v1/allocations", "/v1/evaluations"].includes(pathname)) return "list";
  if (pathname.startsWith("/v1/job/") && method === "GET") return "find";
  if (pathname.startsWith("/v1/job/") && !searchParams.has("purge")) return "stop";
  if (pathname === "/v1/event/stream") return "watch";
  return pathname === "/v1/status/leader" ? "health" : undefined;
}

async function failed(
  plan: Plan,
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
): Promise<Response> {
  if (typeof plan === "object") {
    plan.arrive();
    return await untilAborted(init?.signal ?? undefined);
  }
  const answer = answers[plan];
  if (answer !== undefined) return new Response(answer.text, { status: answer.status });
  await (await fetch(input, init)).arrayBuffer();
  throw new TypeError("fetch failed", { cause: new Error("other side closed") });
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted === true) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
