// Copies the files that pages show (`// file: PATH` in a `ts` block) into the pages.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
for (const page of ["README.md"]) {
  const path = join(root, page);
  const text = readFileSync(path, "utf8").replace(/```ts\n\/\/ file: (\S+)\n[\s\S]*?```/g, (_, file) => {
    const code = readFileSync(join(root, file), "utf8").trimEnd();
    return `\`\`\`ts\n// file: ${file}\n${code}\n\`\`\``;
  });
  writeFileSync(path, text);
}
