// Copies the files that pages show (`// file: PATH` or `# file: PATH` at the beginning of a block) into the pages.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentationPages, root } from "./code-blocks.ts";

for (const page of await documentationPages()) {
  const path = join(root, page);
  const before = readFileSync(path, "utf8");
  const after = before.replace(
    /```(\w+)\n(\/\/|#) file: (\S+)(?:\n(?!```)[^\n]*)*\n```/g,
    (_, language, mark, file) => {
      const code = readFileSync(join(root, file), "utf8").trimEnd();
      return `\`\`\`${language}\n${mark} file: ${file}\n${code}\n\`\`\``;
    },
  );
  if (after !== before) writeFileSync(path, after);
}
