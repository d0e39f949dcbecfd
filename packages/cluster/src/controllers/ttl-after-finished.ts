import type { Json } from "../api/objects.ts";
import { type Controller, type ControllerContext, keyOf, splitKey } from "./controller.ts";
import { holdingCondition } from "./job/job-facts.ts";

/** Deletes Jobs, with all that belongs to them, when the time that they are kept after their end is over. */
export function ttlAfterFinishedController(context: ControllerContext): Controller {
  const { registry, clock } = context;
  const type = registry.types.require("batch", "jobs");
  return {
    name: "ttl-after-finished",
    watches: [
      {
        type,
        keys: ({ deleted, object }) =>
          deleted || object.spec.ttlSecondsAfterFinished === undefined ? [] : [keyOf(object)],
      },
    ],
    reconcile(key) {
      const { namespace, name } = splitKey(key);
      const job = registry.store.get(type, namespace, name);
      const ttl = job?.spec.ttlSecondsAfterFinished;
      if (!job || ttl === undefined || job.metadata.deletionTimestamp) return undefined;
      const end: Json = holdingCondition(job, "Complete") ?? holdingCondition(job, "Failed");
      if (!end) return undefined;
      const left = Date.parse(end.lastTransitionTime) + ttl * 1000 - clock.now();
      if (left > 0) return left;
      const uid = job.metadata.uid ?? "";
      registry.delete(type, namespace, name, { propagationPolicy: "Foreground", preconditions: { uid } });
      return undefined;
    },
  };
}
