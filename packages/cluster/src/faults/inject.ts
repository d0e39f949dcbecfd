import { ServerResponse } from "node:http";
import { StatusError } from "../api/status-error.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Services } from "../http/services.ts";
import type { ActiveFault } from "./fault-set.ts";

const reasons: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Expired",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/** A request as faults leave it; undefined when its connection has been broken. */
export interface Disturbed {
  readonly services: Services;
  readonly exchange: Exchange;
  /** Called when the request has been answered. */
  readonly done: () => void;
}

async function delay(
  services: Services,
  { signal }: Exchange,
  milliseconds: number,
  over: AbortSignal,
): Promise<void> {
  const stop = AbortSignal.any([signal, over]);
  await services.clock.sleep(milliseconds, stop).catch((error: unknown) => {
    // The fault has been removed or the client has gone: there is nothing to wait for.
    if (!stop.aborted) throw error;
  });
}

/** Lets faults take effect on a request before it is answered. @throws StatusError as a fault asks for */
export async function disturb(
  services: Services,
  exchange: Exchange,
  faults: readonly ActiveFault[],
): Promise<Disturbed | undefined> {
  let disturbed: Disturbed = { services, exchange: { ...exchange, faults }, done: () => undefined };
  for (const { effect, over, past } of faults) {
    switch (effect.type) {
      case "delay":
        await delay(services, exchange, effect.milliseconds, over);
        break;
      case "reject": {
        const { code, message = "injected fault", retryAfterSeconds } = effect;
        const reason = effect.reason ?? reasons[code] ?? "";
        throw new StatusError(code, reason, message, retryAfterSeconds ? { retryAfterSeconds } : undefined);
      }
      case "disconnect":
        if (effect.when === "before") {
          exchange.request.socket.destroy();
          return undefined;
        }
        disturbed = withLostAnswer(disturbed);
        break;
      case "staleRead":
        if (past) disturbed = { ...disturbed, services: { ...disturbed.services, reads: past } };
        break;
      default:
        // What happens to watches happens while they run.
        break;
    }
  }
  return disturbed;
}

/** The request is carried out and its answer goes nowhere. */
function withLostAnswer({ services, exchange }: Disturbed): Disturbed {
  const { request } = exchange;
  return {
    services,
    exchange: { ...exchange, response: new ServerResponse(request) },
    done: () => request.socket.destroy(),
  };
}
