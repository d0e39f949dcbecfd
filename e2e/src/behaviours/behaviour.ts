import type { TestCluster } from "../test-cluster.ts";

/** The kinds of virtual node that stand beside each other. */
export type NodeKind = "local" | "nomad" | "fargate" | "batch";

/** One virtual node of the suite. */
export interface NodeUnderTest {
  readonly kind: NodeKind;
  readonly name: string;
  /** An image with a POSIX shell, where the backend runs images. */
  readonly image: string;
}

/** What a behaviour is tried on. */
export interface Trial {
  readonly cluster: TestCluster;
  readonly node: NodeUnderTest;
  /** A namespace of its own. */
  readonly namespace: string;
}

/** Facts that a user of kubectl sees, by name. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** A fact that a backend shows otherwise than the rules say, and why it cannot be helped. */
export interface Difference {
  readonly value: string | number | boolean;
  readonly because: string;
}

/** One thing that pods do, tried in the same way on every node. */
export interface Behaviour {
  readonly name: string;
  /** What the rules of Kubernetes say (pod-semantics, by number). */
  readonly expected: Facts;
  /** Explained differences by kind of node and fact. Anything else that differs fails. */
  readonly differences?: Readonly<Partial<Record<NodeKind, Readonly<Record<string, Difference>>>>>;
  readonly observe: (trial: Trial) => Promise<Facts>;
}

/** What the behaviour has to show on a kind of node. */
export function expectedOn(behaviour: Behaviour, kind: NodeKind): Facts {
  const differences = behaviour.differences?.[kind] ?? {};
  const overlay = Object.fromEntries(
    Object.entries(differences).map(([fact, difference]) => [fact, difference.value]),
  );
  return { ...behaviour.expected, ...overlay };
}
