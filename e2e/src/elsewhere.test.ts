import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, Script } from "node:vm";
import { findChromium, findRuntime, peerOrSkip, runChecked } from "@vkubelet-tools/peers";
import { bundleForBrowsers } from "@vkubelet-tools/workspace/browser-bundle";
import { describe, expect, it } from "vitest";

const folder = new URL("./elsewhere/", import.meta.url);
const main = fileURLToPath(new URL("main.mjs", folder));

/** What the program answers in Node, with the built package: the measure for the others. */
async function answersOfNode(): Promise<string> {
  const { stdout } = await runChecked(process.execPath, [main]);
  return stdout.trim();
}

/** The program with everything it needs as one script, which leaves its answers in the global `program`. */
async function script(): Promise<string> {
  const text = await readFile(new URL("program.mjs", folder), "utf8");
  return bundleForBrowsers(text, { packages: ["core", "pod"], globalName: "program" });
}

describe("@vkubelet/pod as it is built", () => {
  it("loads where there are no globals but those of the web", async () => {
    const expected = await answersOfNode();
    expect(JSON.parse(expected)).toMatchObject({
      qos: "Guaranteed",
      sum: "300m",
      outcome: { type: "resolved" },
    });
    const context = createContext({ TextEncoder, TextDecoder, atob, btoa });
    const run = new Script(`${await script()}; program.answers`);
    expect(run.runInContext(context)).toBe(expected);
  });
});

describe.runIf(await peerOrSkip("deno"))("@vkubelet/pod in Deno", () => {
  it("gives the answers of Node, without any permission", async () => {
    const deno = (await findRuntime("deno")) ?? "";
    const environment = { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
    const { stdout } = await runChecked(deno, ["run", "--no-prompt", "--no-lock", main], {
      env: environment,
    });
    expect(stdout.trim()).toBe(await answersOfNode());
  });
});

describe.runIf(await peerOrSkip("bun"))("@vkubelet/pod in Bun", () => {
  it("gives the answers of Node", async () => {
    const { stdout } = await runChecked((await findRuntime("bun")) ?? "", ["run", main]);
    expect(stdout.trim()).toBe(await answersOfNode());
  });
});

describe.runIf(await peerOrSkip("chromium"))("@vkubelet/pod in Chromium", () => {
  it("gives the answers of Node", async () => {
    const profile = await mkdtemp(join(tmpdir(), "vkubelet-chromium-"));
    try {
      const page = join(profile, "page.html");
      // Encoded, as the page is printed as HTML.
      const show = "document.body.textContent = encodeURIComponent(program.answers)";
      const text = (await script()).replaceAll("</", "<\\/");
      await writeFile(page, `<!doctype html><meta charset="utf-8"><body><script>${text};${show}</script>`);
      const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`];
      const chromium = (await findChromium()) ?? "";
      const { stdout } = await runChecked(chromium, [...flags, "--dump-dom", `file://${page}`]);
      const shown = /<body>([^<]*)<\/body>/.exec(stdout)?.[1] ?? "";
      expect(decodeURIComponent(shown)).toBe(await answersOfNode());
    } finally {
      await rm(profile, { recursive: true, force: true });
    }
  });
});
