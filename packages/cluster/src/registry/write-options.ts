import type { Json } from "../api/objects.ts";
import type { User } from "../auth/user.ts";

/** How a write is done. */
export interface WriteOptions {
  readonly user?: User;
  /** Everything is checked and answered, nothing is stored. */
  readonly dryRun?: boolean;
  /** `status` and such; undefined writes the object itself. */
  readonly subresource?: string;
  /** Who comes to own what is written; default: the cluster's controllers. */
  readonly manager?: string;
  /** The subresource by which the writer owns it, where it is not the one that is written. */
  readonly ownedThrough?: string;
  /** `metadata.managedFields` as an apply has worked them out. */
  readonly managedFields?: Json[];
}

/** How a configuration is applied. */
export interface ApplyOptions extends WriteOptions {
  /** Takes fields from those who own them instead of failing. */
  readonly force: boolean;
}
