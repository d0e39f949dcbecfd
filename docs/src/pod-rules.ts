import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const titles =
  /\b(?:it|describe)(?:\.[a-zA-Z]+(?:<[^>]*>)?\([\s\S]*?\))?(?:\.each(?:<[^>]*>)?\([\s\S]*?\))?\(\s*"((?:[^"\\]|\\.)*)"/g;
const ruleNames = /^((?:[A-Z]\d{1,2}(?:, | and )?)+): (.*)$/s;

/** One test that names a rule. */
export interface RuleTest {
  readonly rule: string;
  readonly title: string;
  /** Relative to the root of the repository. */
  readonly file: string;
}

/** Every test below `root` whose title begins with the numbers of rules. */
export function ruleTests(root: string): readonly RuleTest[] {
  return ["packages", "e2e/src"]
    .flatMap((folder) => testFiles(join(root, folder)))
    .flatMap((file) => testsOf(root, file));
}

function testsOf(root: string, file: string): readonly RuleTest[] {
  const found = [...readFileSync(file, "utf8").matchAll(titles)].flatMap(([, title = ""]) => {
    const [, rules = "", text = ""] = ruleNames.exec(title) ?? [];
    return rules.split(/, | and /).flatMap((rule) => (rule === "" ? [] : [{ rule, title: text }]));
  });
  return found.map((test) => ({ ...test, file: relative(root, file) }));
}

function testFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules" || entry.name === "dist") return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  });
}

const sections: Readonly<Record<string, string>> = {
  F: "Fields: what is accounted for, and how a pod is refused",
  Q: "Quantities",
  E: "Effective resources",
  S: "QoS class",
  V: "Commands and the expansion of variables",
  N: "Environment",
  L: "Service variables",
  D: "Downward API",
  C: "ConfigMaps, Secrets, projected volumes",
  M: "Mounts and emptyDir",
  H: "Hostname, hosts file, DNS",
  I: "Order of starts",
  P: "Phase",
  B: "Restarts and backoff",
  T: "Conditions",
  A: "Container statuses",
  G: "Termination",
  X: "Termination messages",
  Y: "Deadline, eviction, admission",
  R: "Probes",
  U: "Static pods, updates, accounts, images, security",
  Z: "Sizes and limits",
};

/** The page that leads from rules to tests. */
export function rulesPage(tests: readonly RuleTest[]): string {
  const lines = [
    "# Rules of pod behaviour, and the tests that hold them",
    "",
    "<!-- Written by docs/src/write-pod-rules.mjs from the titles of the tests. -->",
    "",
    "What a kubelet does with a pod, as numbered rules: the tests name the rule that they hold, and this page leads from the rule to its tests. Where a rule was compared with Kubernetes' own code, the vectors stand beside the test.",
  ];
  for (const [letter, heading] of Object.entries(sections)) {
    const own = tests.filter(({ rule }) => rule.startsWith(letter));
    if (own.length === 0) continue;
    lines.push("", `## ${heading}`, "");
    const numbers = [...new Set(own.map(({ rule }) => Number(rule.slice(1))))].sort((a, b) => a - b);
    for (const number of numbers) {
      lines.push(`- **${letter}${number}**`);
      for (const { rule, title, file } of own) {
        if (rule === `${letter}${number}`) lines.push(`  - ${plain(title)} ([test](../${file}))`);
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

/** A title as text of Markdown. */
function plain(title: string): string {
  return title.replaceAll("\\", "").replace(/[<>*_`|[\]]/g, (sign) => `\\${sign}`);
}
