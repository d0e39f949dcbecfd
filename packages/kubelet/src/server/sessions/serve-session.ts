import type { AdmittedRequest } from "../admit-request.ts";
import { answerText } from "../http-answer.ts";
import type { ServingContext } from "../kubelet-server-host.ts";
import type { Route } from "../routes.ts";
import { serveContainerSession } from "./container-session.ts";
import { servePortForwardSession } from "./port-forward-session.ts";
import type { UpgradingRequest } from "./upgrading-request.ts";

type SessionRoute = Extract<Route, { readonly kind: "exec" | "attach" | "port-forward" }>;

/** SPDY comes by POST, and by GET from old clients; WebSocket by GET. */
export const sessionMethods: readonly string[] = ["GET", "POST"];

/** Whether requests of this route are for a session, and must be upgraded. */
export function isSessionRoute(route: Route): route is SessionRoute {
  return route.kind === "exec" || route.kind === "attach" || route.kind === "port-forward";
}

/** Serves an admitted request for a session. Resolves when the session is over, or when the request was refused. */
export async function serveSession(
  route: SessionRoute,
  { method, query }: AdmittedRequest,
  upgrading: UpgradingRequest,
  context: ServingContext,
): Promise<void> {
  if (!sessionMethods.includes(method)) {
    answerText(upgrading.response, 405, "Method Not Allowed", { allow: sessionMethods.join(", ") });
    return;
  }
  if (route.kind === "port-forward") {
    await servePortForwardSession({ target: route.target, query }, upgrading, context);
    return;
  }
  await serveContainerSession({ kind: route.kind, target: route.target, query }, upgrading, context);
}
