import { isDeepStrictEqual } from "node:util";
import type { CaseKind } from "./case-kind.ts";
import type { Oracle } from "./oracle-process.ts";
import { Random } from "./random.ts";
import { smaller } from "./shrink.ts";

/** A case, as small as it could be made, that Kubernetes and this project answer differently. */
export interface Disagreement<Case> {
  readonly instance: Case;
  readonly kubernetes: unknown;
  readonly vkubelet: unknown;
}

const batchSize = 2_000;

/** Asks `count` random cases of one kind; undefined when all answers agree. The same seed asks the same cases. */
export async function findDisagreement<Case>(
  oracle: Oracle,
  kind: CaseKind<Case>,
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<Disagreement<Case> | undefined> {
  const random = new Random(seed);
  let batch = askBatch(oracle, kind, random, Math.min(batchSize, count));
  for (let asked = 0; asked < count; asked += batchSize) {
    const { instances, answers } = batch;
    // The oracle works on the next batch while this one is compared.
    batch = askBatch(oracle, kind, random, Math.max(0, Math.min(batchSize, count - asked - batchSize)));
    const own = instances.map((instance) => JSON.stringify(ownAnswer(kind, instance)));
    for (const [index, answer] of (await answers).entries()) {
      const instance = instances[index];
      if (answer === own[index] || instance === undefined) continue;
      const found = difference(kind, instance, answer);
      if (found !== undefined) return await shrink(oracle, kind, found);
    }
  }
  return undefined;
}

function askBatch<Case>(oracle: Oracle, kind: CaseKind<Case>, random: Random, length: number) {
  const instances = Array.from({ length }, () => kind.generate(random));
  return { instances, answers: oracle.ask(instances.map((instance) => questionOf(kind, instance))) };
}

/** Follows the first smaller case that still differs until none does. */
async function shrink<Case>(
  oracle: Oracle,
  kind: CaseKind<Case>,
  found: Disagreement<Case>,
): Promise<Disagreement<Case>> {
  for (const candidate of smaller(found.instance) as Iterable<Case>) {
    // What is taken away can make a case senseless, such as the container that a field names.
    if (isRefused(kind, candidate)) continue;
    const [answer = ""] = await oracle.ask([questionOf(kind, candidate)]);
    const next = difference(kind, candidate, answer);
    if (next !== undefined) return await shrink(oracle, kind, next);
  }
  return found;
}

function difference<Case>(
  kind: CaseKind<Case>,
  instance: Case,
  answer: string,
): Disagreement<Case> | undefined {
  const kubernetes: unknown = JSON.parse(answer);
  // Through JSON, as the texts may differ in escapes only.
  const vkubelet: unknown = JSON.parse(JSON.stringify(ownAnswer(kind, instance)));
  return isDeepStrictEqual(kubernetes, vkubelet) ? undefined : { instance, kubernetes, vkubelet };
}

function ownAnswer<Case>(kind: CaseKind<Case>, instance: Case): unknown {
  try {
    return kind.answer(instance);
  } catch (error) {
    // An error is an answer like any other: one that the oracle does not give.
    return { thrown: error instanceof Error ? error.message : String(error) };
  }
}

function isRefused<Case>(kind: CaseKind<Case>, instance: Case): boolean {
  return kind.isValid !== undefined && !kind.isValid(instance);
}

function questionOf<Case>(kind: CaseKind<Case>, instance: Case): readonly unknown[] {
  return [kind.name, ...kind.question(instance)];
}
