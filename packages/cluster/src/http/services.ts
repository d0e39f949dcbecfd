import type { Authenticator } from "../auth/authenticator.ts";
import type { Authorizer } from "../auth/authorizer.ts";
import type { ServiceAccountTokens } from "../auth/service-account-tokens.ts";
import type { Clock } from "../clock.ts";
import type { FaultSet } from "../faults/fault-set.ts";
import type { OpenApi } from "../openapi/documents.ts";
import type { Schemas } from "../openapi/schemas.ts";
import type { KubeletClient } from "../pods/kubelet-client.ts";
import type { Registry } from "../registry/registry.ts";
import type { ReadView } from "../store/store.ts";
import type { ListPages } from "./list-pages.ts";

/** All that answering requests needs. */
export interface Services {
  readonly registry: Registry;
  /** What gets and lists are answered from: the registry's store, or a past state of it. */
  readonly reads: ReadView;
  readonly faults: FaultSet;
  readonly schemas: Schemas;
  readonly openApi: OpenApi;
  readonly clock: Clock;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly tokens: ServiceAccountTokens;
  readonly kubelets: KubeletClient;
  readonly pages: ListPages;
}
