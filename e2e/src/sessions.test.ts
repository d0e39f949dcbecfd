import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, runCommand } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnEachControlPlane } from "./each-control-plane.ts";
import { startPortForward } from "./port-forward.ts";
import type { KubectlResult, TestCluster } from "./test-cluster.ts";
import { type RunningNode, startLocalNode } from "./virtual-nodes.ts";

/** The protocols by which kubectl reaches a pod; the second is what older ones speak. */
const protocols = {
  WebSocket: {},
  SPDY: { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: "false", KUBECTL_PORT_FORWARD_WEBSOCKETS: "false" },
} as const;

/** Answers each request with the number of bytes that came with it. */
const countingServer = `require("node:http").createServer((request, response) => {
  let length = 0;
  request.on("data", (bytes) => { length += bytes.length; });
  request.on("end", () => response.end(String(length)));
}).listen(Number(process.argv[1]), "127.0.0.1");`;

function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

await describeOnEachControlPlane("sessions with pods", (start) => {
  let cluster: TestCluster;
  let node: RunningNode;
  let folder: string;
  let serverPort: number;

  beforeAll(async () => {
    cluster = await start();
    node = await startLocalNode(cluster);
    folder = await mkdtemp(join(tmpdir(), "vkubelet-sessions-"));
    serverPort = await freePort();
    const command = [process.execPath, "-e", countingServer, String(serverPort)];
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: {
        nodeName: node.node.name,
        // With 0 the pod would be gone before its processes are.
        terminationGracePeriodSeconds: 1,
        automountServiceAccountToken: false,
        tolerations: [{ operator: "Exists" }],
        containers: [{ name: "c", image: "busybox", command, env: [{ name: "GREETING", value: "hello" }] }],
      },
    };
    const created = await cluster.kubectl(["create", "-f", "-"], { input: JSON.stringify(pod) });
    expect(created.stderr).toBe("");
    await cluster.kubectl(["wait", "--for=condition=Ready", "pod/p", "--timeout=60s"]);
  });

  afterAll(async () => {
    // Its processes outlive the kubelet.
    await cluster?.kubectl(["delete", "pod", "p", "--timeout=60s"]);
    await node?.[Symbol.asyncDispose]();
    await cluster?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  for (const [protocol, variables] of Object.entries(protocols)) {
    describe(`by ${protocol}`, () => {
      const kubectl = (args: readonly string[], input?: string): Promise<KubectlResult> => {
        const { command, env } = cluster.kubectlProgram;
        return runCommand(command, args, {
          env: { ...env, ...variables },
          ...(input === undefined ? {} : { input }),
        });
      };

      it("exec: output, errors and exit code are the command's, and its environment is the container's", async () => {
        expect(await kubectl(["exec", "p", "--", "sh", "-c", "echo $GREETING; echo no >&2; exit 7"])).toEqual(
          {
            stdout: "hello\n",
            stderr: "no\ncommand terminated with exit code 7\n",
            code: 7,
          },
        );
      });

      it("exec -i: gets the whole input, and hears of its end", async () => {
        const input = "0123456789".repeat(500_000);
        expect(await kubectl(["exec", "-i", "p", "--", "wc", "-c"], input)).toMatchObject({
          stdout: "5000000\n",
          code: 0,
        });
        expect((await kubectl(["exec", "-i", "p", "--", "cat"], "as it was")).stdout).toBe("as it was");
      });

      it("exec: 20 MB of output come whole", async () => {
        const { stdout } = await kubectl([
          "exec",
          "p",
          "--",
          "sh",
          "-c",
          "seq 1 2700000 | head -c 20000000; exit 3",
        ]);
        expect(stdout.length).toBe(20_000_000);
      });

      it("exec -it: has a terminal of the size of the user's", async () => {
        const inside =
          "until [ \"$(stty size)\" = '31 97' ]; do :; done; test -t 0 && test -t 1 && echo terminal; exit 5";
        const { command, env } = cluster.kubectlProgram;
        const line = [command, "exec", "-it", "p", "--", "sh", "-c", inside].map(shellQuoted).join(" ");
        const { stdout, code } = await runCommand(
          "script",
          ["--quiet", "--return", "--command", `stty cols 97 rows 31; ${line}`, "/dev/null"],
          { env: { ...env, ...variables, SHELL: "/bin/sh" }, input: "" },
        );
        expect(stdout).toContain("terminal\r\n");
        expect(code).toBe(5);
      });

      it("cp: 50 MB there and back are what they were", async () => {
        const [there, back] = [join(folder, "there"), join(folder, "back")];
        const inside = join(folder, `inside-${protocol}`);
        const bytes = randomBytes(50_000_000);
        await writeFile(there, bytes);
        expect((await kubectl(["cp", there, `p:${inside}`])).stderr).toBe("");
        expect((await kubectl(["cp", `p:${inside}`, back])).code).toBe(0);
        expect(bytes.equals(await readFile(back))).toBe(true);
      });

      it("port-forward: 200 connections, 40 at a time, each with its own bytes", async () => {
        await using forward = await startPortForward(cluster, ["pod/p", `:${serverPort}`], variables);
        const lengths: string[] = [];
        for (let round = 0; round < 5; round++) {
          const requests = Array.from({ length: 40 }, async (_, index) => {
            const body = Buffer.alloc((round * 40 + index) * 1_000);
            const headers = { connection: "close" };
            const answer = await fetch(forward.address, { method: "POST", body, headers });
            return answer.text();
          });
          lengths.push(...(await Promise.all(requests)));
        }
        expect(lengths).toEqual(Array.from({ length: 200 }, (_, index) => String(index * 1_000)));
      });

      it("says what is wrong in the words of a kubelet", async () => {
        const errors = async (args: readonly string[]) => {
          const { stderr, code } = await kubectl(args);
          expect(code).not.toBe(0);
          return stderr;
        };
        expect(await errors(["exec", "gone", "--", "true"])).toContain('pods "gone" not found');
        expect(await errors(["exec", "p", "-c", "other", "--", "true"])).toContain(
          "container other is not valid for pod p",
        );
      });
    });
  }
});
