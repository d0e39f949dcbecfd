/** Which requests a fault concerns; what is left out matches everything. */
export interface FaultMatch {
  /** Verbs as RBAC names them: get, list, watch, create, update, patch, delete, deletecollection. */
  readonly verbs?: readonly string[];
  /** Plural with its group, `pods` or `deployments.apps`; with a subresource, `pods/status`. */
  readonly resource?: string;
  readonly namespace?: string;
  /** Name of the object; requests to whole collections have none. */
  readonly name?: string;
  /** Name of the user who asks, such as `system:node:vk-1`. */
  readonly user?: string;
}

/** What happens to a request. */
export type FaultEffect =
  /** It is answered so much later, by the cluster's clock. */
  | { readonly type: "delay"; readonly milliseconds: number }
  /** It is answered with an error and not carried out: 429 or 503 with `retryAfterSeconds`, 500, 504, … */
  | {
      readonly type: "reject";
      readonly code: number;
      /** Reason of the Status; default: what the API server gives with the code. */
      readonly reason?: string;
      readonly message?: string;
      /** Sent as the header Retry-After too. */
      readonly retryAfterSeconds?: number;
    }
  /** The connection breaks: before the request is carried out, or after it, so that only the answer is lost. */
  | { readonly type: "disconnect"; readonly when: "before" | "after" }
  /** Gets and lists show the state at the time when the fault was added. */
  | { readonly type: "staleRead" }
  /** The connection of a watch breaks after so many events (default 0). */
  | { readonly type: "dropWatch"; readonly afterEvents?: number }
  /** A watch stays open and silent after so many events (default 0), until the fault is removed. */
  | { readonly type: "stallWatch"; readonly afterEvents?: number };

/** A fault: what happens to which requests, and how often. */
export interface Fault {
  readonly match?: FaultMatch;
  readonly effect: FaultEffect;
  /** How many requests it concerns before it is over; default: all until it is removed. */
  readonly count?: number;
}

/** A fault that has been added. */
export interface FaultHandle extends Disposable {
  /** How many requests it has concerned. */
  readonly hits: number;
  /** Ends the fault; requests that it holds up go on. A second call does nothing. */
  remove(): void;
}

/** Faults on request: what goes wrong between clients and a real cluster, to be seen by clients of this one. */
export interface ClusterFaults {
  /** Adds a fault. Several that match a request all take effect, in the order in which they were added. */
  add(fault: Fault): FaultHandle;
  /** Removes all faults. */
  clear(): void;
  /** Forgets the past: watches from older resource versions and the rest of paged lists answer 410. */
  compact(): void;
}
