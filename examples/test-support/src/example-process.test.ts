import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startExample } from "./example-process.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vkubelet-example-process-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, code: string): Promise<URL> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, code);
  return pathToFileURL(path);
}

it("shows what a program wrote before it ended too early", async () => {
  await using failing = startExample(await program("failing", 'throw new Error("no such cluster")'), {});
  await expect(failing.waitForOutput(/registered/)).rejects.toThrow("no such cluster");
});

it("hands on the environment that is given and stops the program by SIGINT", async () => {
  const code = `
    process.once("SIGINT", () => process.exit(7));
    setInterval(() => {}, 1000);
    console.log(process.env.GREETING, process.env.SECRET_OF_THE_MACHINE);
  `;
  process.env["SECRET_OF_THE_MACHINE"] = "leaked";
  await using waiting = startExample(await program("waiting", code), { GREETING: "hello" });
  await waiting.waitForOutput(/hello undefined/);
  expect(await waiting.interrupt()).toBe(7);
});
