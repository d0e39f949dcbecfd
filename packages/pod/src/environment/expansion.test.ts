import { plainValue, type ResolvedValue } from "@vkubelet/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expand, expandProbeCommand, expandValue } from "./expansion.ts";

const variables: Record<string, string> = { A: "alpha", B: "$(A)", EMPTY: "", "": "nameless", "x(y": "odd" };
const lookup = (name: string) => (Object.hasOwn(variables, name) ? variables[name] : undefined);

describe("expand", () => {
  it("V2: the syntax of references", () => {
    const cases: [string, string][] = [
      ["", ""],
      ["plain", "plain"],
      ["$(A)", "alpha"],
      ["x$(A)y$(A)z", "xalphayalphaz"],
      ["$(NOPE)", "$(NOPE)"],
      ["$$(A)", "$(A)"],
      ["$$$(A)", "$alpha"],
      ["$$$$(A)", "$$(A)"],
      ["$$", "$"],
      ["$", "$"],
      ["end$", "end$"],
      ["$x", "$x"],
      ["$A", "$A"],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: shell syntax that must stay as it is
      ["${A}", "${A}"],
      ["$(A", "$(A"],
      ["$(A$(A)", "$(A$(A)"],
      ["$(x(y)", "odd"],
      ["$()", "nameless"],
      ["[$(EMPTY)]", "[]"],
      ["$(B)", "$(A)"],
      ["$x$(A)", "$xalpha"],
      ["$($$)", "$($$)"],
      ["$(A)$", "alpha$"],
    ];
    for (const [input, output] of cases) expect(expand(input, lookup), input).toBe(output);
  });

  it("V2: any text expands without an error, and doubling every dollar keeps it", () => {
    const tricky = fc.stringMatching(/^[$()A-Cx]{0,20}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), tricky), (input) => {
        expect(typeof expand(input, lookup)).toBe("string");
        expect(expand(input.replaceAll("$", "$$$$"), lookup)).toBe(input);
        expect(expandValue(input, (name) => optional(lookup(name))).parts).toEqual([expand(input, lookup)]);
      }),
    );
  });

  it("V2: text without a dollar never changes", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^$]*$/), (input) => {
        expect(expand(input, () => "!")).toBe(input);
      }),
    );
  });
});

const optional = (text: string | undefined): ResolvedValue | undefined =>
  text === undefined ? undefined : plainValue(text);

describe("expandValue", () => {
  const values: Record<string, ResolvedValue> = {
    PASSWORD: { parts: ["hush"], secret: true },
    IP: { parts: [{ late: "status.podIP" }], secret: false },
    HOST: plainValue("db"),
  };

  it("V2: a text that refers to a secret is secret as a whole", () => {
    const value = expandValue("--login=root:$(PASSWORD)@$(HOST)", (name) => values[name]);
    expect(value).toEqual({ parts: ["--login=root:hush@db"], secret: true });
    expect(expandValue("$$(PASSWORD)", (name) => values[name])).toEqual(plainValue("$(PASSWORD)"));
  });

  it("V2: late fields stay parts", () => {
    expect(expandValue("http://$(IP):80/$(HOST)", (name) => values[name])).toEqual({
      parts: ["http://", { late: "status.podIP" }, ":80/db"],
      secret: false,
    });
    expect(expandValue("$(IP)", (name) => values[name]).parts).toEqual([{ late: "status.podIP" }]);
  });
});

describe("expandProbeCommand", () => {
  it("V6: knows only the literal texts of env, unexpanded", () => {
    const container = {
      name: "c",
      env: [
        { name: "A", value: "1" },
        { name: "B", value: "$(A)2" },
        { name: "FROM", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
      ],
      envFrom: [{ configMapRef: { name: "m" } }],
    };
    const command = ["check", "$(A)", "$(B)", "[$(FROM)]", "$(FROM_MAP)", "$$(A)"];
    const expanded = ["check", "1", "$(A)2", "[]", "$(FROM_MAP)", "$(A)"];
    expect(expandProbeCommand(command, container)).toEqual(expanded);
  });
});
