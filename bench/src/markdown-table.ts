/** A Markdown table, padded to be read as it stands; the first line is the head. */
export function markdownTable(lines: readonly (readonly string[])[]): string {
  const columns = lines[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  const lineOf = (line: readonly string[]) =>
    `| ${widths.map((width, column) => (line[column] ?? "").padEnd(width)).join(" | ")} |\n`;
  const [head = "", ...body] = lines.map(lineOf);
  return `${head}${lineOf(widths.map((width) => "-".repeat(width)))}${body.join("")}`;
}
