// Copies the files that pages show (`// file: PATH` in a `ts` block) into the pages.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { documentationPages, root } from "./code-blocks.ts";

for (const page of await documentationPages()) {
  const path = join(root, page);
  const before = readFileSync(path, "utf8");
  const after = before.replace(/```ts\n\/\/ file: (\S+)\n[\s\S]*?```/g, (_, file) => {
    const code = readFileSync(join(root, file), "utf8").trimEnd();
    return `\`\`\`ts\n// file: ${file}\n${code}\n\`\`\``;
  });
  if (after !== before) writeFileSync(path, after);
}
