import { type FieldSet, FieldSetBuilder } from "./field-set.ts";
import { identityOf, type Manager, type Managers, type Ownership } from "./managers.ts";

const scaleVersion = "autoscaling/v1";

/** The number of replicas, which stands at the same place in a workload and in its Scale. */
const replicas = setOf("f:spec", "f:replicas");

function setOf(...path: readonly string[]): FieldSet {
  const builder = new FieldSetBuilder();
  builder.insert(path);
  return builder.build();
}

function ownsReplicas({ fields }: Ownership): boolean {
  return !fields.intersection(replicas).isEmpty;
}

/** A manager as the Scale of a workload names him. */
export function asScaleManager(manager: Manager): Manager {
  return { ...manager, apiVersion: scaleVersion };
}

/** Who owns the replicas of a workload, as managers of its Scale. */
export function scaleManagersOf(managers: Managers): Managers {
  const owners = [...managers.values()].filter(ownsReplicas).map(({ time: _time, ...owner }): Ownership => {
    return { ...owner, ...asScaleManager(owner), fields: replicas };
  });
  return new Map(owners.map((owner) => [identityOf(owner), owner]));
}

/**
 * The managers of a workload after a write of its Scale: who owns the Scale's replicas owns the workload's, all others
 * lose them. An updater who owned more than the replicas keeps only the rest, as in the API server, where his two entries
 * are one afterwards.
 */
export function withScaleManagers(managers: Managers, scale: Managers, apiVersion: string): Managers {
  const next = new Map<string, Ownership>();
  const known = new Set<string>();
  for (const [identity, owner] of managers) {
    const inScale = identityOf(asScaleManager(owner));
    const keeps = owner.operation === "Apply" && scale.has(inScale);
    if (!ownsReplicas(owner) || keeps) {
      next.set(identity, owner);
      known.add(inScale);
      continue;
    }
    const rest = owner.fields.difference(replicas);
    if (rest.isEmpty) continue;
    next.set(identity, { ...owner, fields: rest });
    known.add(inScale);
  }
  for (const [identity, { time: _time, ...owner }] of scale) {
    if (known.has(identity) || owner.fields.intersection(replicas).isEmpty) continue;
    const own: Ownership = { ...owner, apiVersion, fields: replicas };
    next.set(identityOf(own), own);
  }
  return next;
}
