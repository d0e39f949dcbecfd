import { schemaPaths } from "@vkubelet/pod/schema";
import { table } from "../markdown-table.ts";
import { type MatrixBackend, matrixBackends } from "./matrix-backends.ts";
import { groupPaths, pathsText, type Section, sectionOf } from "./matrix-groups.ts";
import { type Matrix, type MatrixCase, matrixOf } from "./matrix-rows.ts";
import { schemaPlace } from "./schema-place.ts";

const generated = "<!-- Written by docs/src/write-matrices.mjs, and kept current by a test. -->";
const sections: readonly Section[] = ["Pod", "Containers", "Volumes"];
const conventions = [
  "A path stands for everything below it, unless a longer path has a row of its own. What is said of `spec.containers[]` holds for `spec.initContainers[]`, where no row of its own says otherwise. Of several rows for a path the first that applies counts; a value for which none of them applies is decided by the next shorter path. Defaults of the API and empty values never count against a pod.",
  "Tables know fields, not their combinations: what depends on sums, sizes or other fields is judged by the mapping, and what no backend is given (the sources `clusterTrustBundle` and `podCertificate` of a projected volume) is refused before; both join the report in the same form. The pages of the [backends](../backends/README.md) name it.",
];

/** The pages by their paths in the repository. */
export function matrixPages(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/matrices/README.md", overviewPage()],
    ...matrixBackends.map((backend) => [`docs/matrices/${backend.page}`, backendPage(backend)] as const),
  ]);
}

function overviewPage(): string {
  const matrices = matrixBackends.map(({ variants: [first] }) => matrixOf(first.support));
  const paths = new Set(matrices.flatMap(({ rows }) => rows.map(({ path }) => path)));
  const order = [...paths].sort((left, right) => schemaPlace(left) - schemaPlace(right));
  const rows = order.map((path) => [path, matrices.map((matrix) => summary(matrix.at(path)))] as const);
  const parts = sections.flatMap((section) => [
    `## ${section}`,
    table(
      ["field", ...matrixBackends.map(({ title }) => title)],
      groupPaths(rows.filter(([path]) => sectionOf(path) === section)).map(({ paths: grouped, content }) => [
        pathsText(grouped),
        ...content,
      ]),
    ),
  ]);
  const links = matrixBackends.map(
    ({ title, page, variants: [first] }) => `[${title}](${page}) (${first.label})`,
  );
  return page([
    "# What becomes of every field",
    generated,
    `All ${schemaPaths().length} fields of PodSpec in Kubernetes 1.36 with what 1.37 adds, by the tables with which the translators account for them. The reasons are on a page for each backend: ${links.join(", ")}.`,
    "`exact`: as in Kubernetes. `approx`: something close, which the report names. `core`: the runtime does it. `ignore`: input of the scheduler or the API server. `reject`: the pod is refused; `reject?`: unless it accepts the weaker result by annotation. Several words: it depends on the value. `·`: decided field by field.",
    ...conventions,
    ...parts,
  ]);
}

function backendPage({ title, variants }: MatrixBackend): string {
  const matrices = variants.map(({ label, support }) => ({ label, matrix: matrixOf(support) }));
  const rows = rowsOf(matrices);
  const several = variants.length > 1;
  const bare = [...new Set(matrices.flatMap(({ matrix }) => matrix.bare))];
  const parts = sections.flatMap((section) => [
    `## ${section}`,
    table(
      ["field", ...(several ? ["options"] : []), "values", "becomes", "reason"],
      groupPaths(rows.filter(([path]) => sectionOf(path) === section)).flatMap(({ paths, content }) =>
        content.flatMap(({ label, cases }) =>
          cases.map((one) => [
            pathsText(paths),
            ...(several ? [label] : []),
            one.condition,
            one.disposition,
            reasonText(one),
          ]),
        ),
      ),
    ),
  ]);
  return page([
    `# Fields of a pod: ${title}`,
    generated,
    `What the table of this backend says of all ${schemaPaths().length} fields of PodSpec. ${
      several
        ? `Where a row names no options, it holds for all of these: ${variants.map(({ label }) => label).join("; ")}.`
        : ""
    }`.trim(),
    ...conventions,
    ...parts,
    `Objects without a row, of which only the fields are decided: ${bare.map((path) => `\`${path}\``).join(", ")}.`,
  ]);
}

/** What each path becomes with each of the variants; one entry without a label where all say the same. */
function rowsOf(matrices: readonly { readonly label: string; readonly matrix: Matrix }[]) {
  const paths = new Set(matrices.flatMap(({ matrix }) => matrix.rows.map(({ path }) => path)));
  const order = [...paths].sort((left, right) => schemaPlace(left) - schemaPlace(right));
  return order.map((path) => {
    const said = new Map<string, { label: string; cases: readonly MatrixCase[] }>();
    for (const { label, matrix } of matrices) {
      const cases = matrix.at(path) ?? [];
      const key = JSON.stringify(cases);
      const known = said.get(key);
      said.set(key, { label: known === undefined ? label : `${known.label}; ${label}`, cases });
    }
    const content = [...said.values()];
    const all = content.length === 1 ? content.map(({ cases }) => ({ label: "", cases })) : content;
    return [path, all] as const;
  });
}

function summary(cases: readonly MatrixCase[] | undefined): string {
  if (cases === undefined) return "·";
  const words = cases.map(({ disposition, accepted }) => disposition + (accepted === "" ? "" : "?"));
  return [...new Set(words)].join(", ");
}

function reasonText({ reason, accepted }: MatrixCase): string {
  return accepted === "" ? reason : `${reason} (a pod may accept: ${accepted})`;
}

function page(parts: readonly string[]): string {
  return `${parts.join("\n\n")}\n`;
}
