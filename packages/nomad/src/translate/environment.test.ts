import type { ResolvedEnvVar } from "@vkubelet/core";
import { FieldNotes } from "@vkubelet/pod";
import { describe, expect, it } from "vitest";
import { resolvedContainer } from "../testdata/pods.ts";
import { taskEnvironment } from "./environment.ts";
import { VariableBuilder, variableRequests } from "./variables.ts";

function translate(env: readonly ResolvedEnvVar[]) {
  const secrets = new VariableBuilder("nomad/jobs/j/pod/app");
  const notes = new FieldNotes();
  const result = taskEnvironment(resolvedContainer("app", { env }), "spec.containers[0]", secrets, notes);
  return { ...result, items: secrets.items, issues: notes.rejected };
}
const plain = (name: string, text: string): ResolvedEnvVar => ({
  name,
  value: { parts: [text], secret: false },
  source: "literal",
});
const secret = (name: string, text: string): ResolvedEnvVar => ({
  name,
  value: { parts: [text], secret: true },
  source: "secret",
});
const hole = ["$", "{HOME}"].join("");

describe("taskEnvironment", () => {
  it("keeps plain values plain, empty ones too", () => {
    const { env, templates } = translate([
      plain("A", "x {{ y }}\n"),
      plain("B", ""),
      plain("with-dash", "z"),
    ]);
    expect(env).toEqual({ A: "x {{ y }}\n", B: "", "with-dash": "z" });
    expect(templates).toEqual([]);
  });

  it("renders values that Nomad would interpolate, with delimiters that do not occur in them", () => {
    const { env, templates } = translate([plain("A", `<<vk0: ${hole} "quoted"\n`)]);
    expect(env).toEqual({});
    expect(templates).toEqual([
      {
        EmbeddedTmpl: `A="<<vk0: ${hole} \\"quoted\\"\\n"\n`,
        DestPath: "vk/env",
        ChangeMode: "noop",
        Perms: "0600",
        Envvars: true,
        LeftDelim: "<<vk1:",
        RightDelim: ":vk1>>",
      },
    ]);
  });

  it("renders secrets from the variable, and shows empty ones as empty", () => {
    const { env, templates, items } = translate([
      secret("A", "one"),
      secret("B", ""),
      secret("C", `t${hole}`),
    ]);
    expect(env).toEqual({ B: "" });
    expect(items).toEqual({ e0: "one", e1: `t${hole}` });
    expect(templates.map((template) => template.EmbeddedTmpl)).toEqual([
      '{{ with nomadVar "nomad/jobs/j/pod/app" }}\nA={{ .e0.Value | toJSON }}\nC={{ .e1.Value | toJSON }}\n{{ end }}',
    ]);
  });

  it("names variables that Nomad cannot render, without their value", () => {
    const { issues } = translate([secret("with-dash", "geheim"), plain("LONG", hole.repeat(20_000))]);
    expect(issues.map((issue) => issue.path)).toEqual(["spec.containers[0].env", "spec.containers[0].env"]);
    expect(JSON.stringify(issues)).toContain("with-dash");
    expect(JSON.stringify(issues)).not.toContain("geheim");
  });
});

describe("variableRequests", () => {
  it("merges what shares a variable, and refuses more than Nomad holds", () => {
    const first = new VariableBuilder("p", "a_");
    const second = new VariableBuilder("p", "b_");
    first.add("environment", "x");
    first.add("file", "v");
    second.add("file", "y");
    expect(variableRequests([first, second, new VariableBuilder("empty")])).toEqual([
      { path: "p", items: { a_e0: "x", a_f0: "v", b_f0: "y" } },
    ]);
    second.add("file", "z".repeat(65_536));
    expect(() => variableRequests([first, second])).toThrow(/65536/);
  });
});
