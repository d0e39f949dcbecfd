import { plainValue, renderValue } from "@vkubelet/core";
import { expand, expandValue } from "@vkubelet/pod";
import type { CaseKind } from "./case-kind.ts";

/** A text and the variables that it may name. */
export type ExpansionCase = readonly [text: string, variables: Readonly<Record<string, string>>];

const pieces = [
  "$",
  "$",
  "$$",
  "(",
  ")",
  "$(",
  "$(A)",
  "$(B)",
  "$$(A)",
  "$(",
  "A",
  "B",
  "}",
  "{",
  "é",
  "$é",
  "😀",
  "$😀",
  " ",
  "\n",
  "$(A",
  "\u2028",
];
const values = ["", "a", "$(B)", "$$", "$", "(", ")", "$(A)", "ü😀"];

/** Texts of dollars and brackets in every order, with names that are known, unknown and empty. */
export const expansionCases: CaseKind<ExpansionCase> = {
  name: "expansion",
  generate: (random) => {
    let text = "";
    for (let count = random.below(14); count > 0; count--) text += random.pick(pieces);
    const variables: Record<string, string> = {};
    for (const name of ["A", "B", "", "$(A", "é"]) {
      if (random.chance(50)) variables[name] = random.pick(values);
    }
    return [text, variables];
  },
  question: (parts) => parts,
  answer: ([text, variables]) => {
    const lookup = (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined);
    const expanded = expand(text, lookup);
    const value = expandValue(text, (name) => {
      const found = lookup(name);
      return found === undefined ? undefined : plainValue(found);
    });
    if (renderValue(value) !== expanded)
      throw new Error(`expand and expandValue differ for ${JSON.stringify(text)}`);
    return expanded;
  },
};
