import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const command = fileURLToPath(new URL("../../packages/cli/bin/vkubelet.js", import.meta.url));
const manifest = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: main, image: "nginx:1", resources: { requests: { cpu: 1, memory: 2Gi } } }
`;

/** Runs the command as it is installed, from the build, with a manifest on its standard input. */
async function translate(input: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [command, "translate", "-f", "-", ...args]);
  child.stdin.end(input);
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

describe("vkubelet translate, as it is installed", () => {
  it("prints what a manifest becomes", async () => {
    const { code, stdout, stderr } = await translate(manifest, "--to", "fargate");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject([
      {
        source: { kind: "Deployment", namespace: "default", name: "web" },
        requests: [{ operation: "RegisterTaskDefinition" }, { operation: "RunTask" }],
      },
    ]);
    expect(code).toBe(0);
  });

  it("exits with 1 where a field is rejected", async () => {
    const { code, stderr } = await translate(manifest, "--to", "local", "-o", "table");
    expect(stderr).toMatch(
      /^vkubelet: stdin:11:11: Deployment default\/web: spec\.template\.spec\.containers\[0\]\.command: rejected: /,
    );
    expect(code).toBe(1);
  });

  it("exits with 2, a line for each mistake and never a stack trace, where the input is wrong", async () => {
    const broken = await translate("a: [\n---\n- 1\n", "--to", "nomad");
    expect(broken.code).toBe(2);
    expect(broken.stdout).toBe("");
    expect(broken.stderr).toMatch(/^(vkubelet: stdin:\d+:\d+: .*\n){2}$/);
    const usage = await translate(manifest, "--to", "moon");
    expect(usage).toMatchObject({ code: 2, stdout: "" });
    expect(usage.stderr).toContain("Allowed choices are local, nomad, fargate, batch.");
  });
});
