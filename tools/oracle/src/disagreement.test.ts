import { expect, it } from "vitest";
import type { CaseKind } from "./case-kind.ts";
import { findDisagreement } from "./disagreement.ts";
import type { Oracle } from "./oracle-process.ts";

const words: CaseKind<readonly [string]> = {
  name: "word",
  generate: (random) => [random.text("abc", 12)],
  question: (word) => word,
  answer: ([word]) => word.length,
};

/** Counts letters, but `mistaken` ones twice. */
const counting = (mistaken: string): Oracle => ({
  ask: async (questions) =>
    questions.map(([, word]) => `${String(word).length + String(word).split(mistaken).length - 1}`),
  [Symbol.asyncDispose]: async () => {},
});

it("finds nothing where all answers agree", async () => {
  expect(await findDisagreement(counting("d"), words, { count: 4_500, seed: 1 })).toBeUndefined();
});

it("shows the smallest case that is answered differently", async () => {
  expect(await findDisagreement(counting("cab"), words, { count: 4_500, seed: 1 })).toEqual({
    instance: ["cab"],
    kubernetes: 4,
    vkubelet: 3,
  });
});

it("counts an error as an answer that differs", async () => {
  const failing: CaseKind<readonly [string]> = {
    ...words,
    answer: () => {
      throw new Error("cannot count");
    },
  };
  const found = await findDisagreement(counting("d"), failing, { count: 1, seed: 1 });
  expect(found).toEqual({ instance: [""], kubernetes: 0, vkubelet: { thrown: "cannot count" } });
});
