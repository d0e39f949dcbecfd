import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { AnyObject } from "./api-client.ts";
import type { Space } from "./bench.ts";

const folder = join(import.meta.dirname, "recorded");

/**
 * Compares facts with those that the real control plane gave, in `recorded/NAME.json`. With UPDATE_GOLDEN=1 the real one
 * writes them anew.
 */
export async function expectRecorded(space: Space, name: string, facts: unknown): Promise<void> {
  const path = join(folder, `${name}.json`);
  // What is undefined is absent in JSON.
  const plain = JSON.parse(JSON.stringify(facts));
  if (process.env["UPDATE_GOLDEN"] && space.kind === "kubernetes") {
    await mkdir(folder, { recursive: true });
    await writeFile(path, `${JSON.stringify(plain, undefined, 2)}\n`);
  }
  expect(plain).toEqual(JSON.parse(await readFile(path, "utf8")));
}

/** Codes and messages of answers, without what differs from run to run. */
export async function expectRecordedAnswers(
  space: Space,
  name: string,
  answers: readonly AnyObject[],
): Promise<void> {
  const facts = answers.map(({ code, body }) => ({
    code,
    reason: body.reason,
    message: withoutNames(space, body.message),
    causes: body.details?.causes?.map(({ field, message, reason }: AnyObject) => ({
      field,
      reason,
      message: withoutNames(space, message),
    })),
  }));
  await expectRecorded(space, name, facts);
}

function withoutNames(space: Space, text: string | undefined): string | undefined {
  return text
    ?.replaceAll(space.name, "NAMESPACE")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UID")
    .replaceAll(/previously negative\)\n[\s\S]*?(?=\]?$)/g, "previously negative)")
    .replaceAll(/may not be changed\n[\s\S]*?(?=\]?$)/g, "may not be changed\n");
}
