/** A row of a page: paths of which the same is to be said. */
export interface MatrixGroup<Content> {
  readonly paths: readonly string[];
  readonly content: Content;
}

const initContainers = "spec.initContainers[]";
const containers = "spec.containers[]";

/**
 * Paths of one owner with the same content as one row, in the order of the first of them. An init container's path
 * goes without a row where the container's says the same.
 */
export function groupPaths<Content>(
  rows: readonly (readonly [path: string, content: Content])[],
): readonly MatrixGroup<Content>[] {
  const texts = new Map(rows.map(([path, content]) => [path, JSON.stringify(content)]));
  const groups = new Map<string, { readonly paths: string[]; readonly content: Content }>();
  for (const [path, content] of rows) {
    const text = texts.get(path) ?? "";
    if (path.startsWith(initContainers) && texts.get(path.replace(initContainers, containers)) === text)
      continue;
    const key = `${ownerOf(path)} ${text}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { paths: [path], content });
    else known.paths.push(path);
  }
  return [...groups.values()];
}

/** The paths of a row as text: the first in full, the others by what they have behind the same owner. */
export function pathsText(paths: readonly string[]): string {
  const [first = "", ...others] = paths;
  const owner = ownerOf(first);
  return [first, ...others.map((path) => path.slice(owner.length))].map((text) => `\`${text}\``).join(", ");
}

export type Section = "Pod" | "Containers" | "Volumes";

/** The part of the page in which a path stands. */
export function sectionOf(path: string): Section {
  if (/^spec\.(initC|c)ontainers/.test(path)) return "Containers";
  return path.startsWith("spec.volumes") ? "Volumes" : "Pod";
}

function ownerOf(path: string): string {
  return path.replace(/(\.[\w-]+|\["[^"]*"\])(\[\]|\{\})*$/, "");
}
