import { ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { fetchText, startTestKubelet } from "./testdata/test-kubelet.ts";

const run = (port: number, path: string, method = "POST") => fetchText(port, path, { method });

describe("/run", () => {
  it("answers with all output of a command, cut at blanks", async () => {
    await using kubelet = await startTestKubelet();
    const commands: (readonly string[])[] = [];
    kubelet.host.runCommand = async (_ref, command, { stdout, stderr, stdin }) => {
      commands.push(command);
      expect(stdin).toBeUndefined();
      await stdout?.write(Buffer.from("out "));
      await stderr?.write(Buffer.from("err"));
      return { exitCode: 0 };
    };
    const answer = await run(kubelet.server.port, "/run/a/p/c?cmd=ls%20%20-l");
    expect([answer.status, answer.text]).toEqual([200, "out err"]);
    expect(commands).toEqual([["ls", "-l"]]);
    expect(kubelet.asked).toEqual([{ user: "tester", verb: "create", subresources: ["proxy"] }]);
  });

  it("fails with the output of a command that failed, and with the error of one that could not be run", async () => {
    await using kubelet = await startTestKubelet();
    const { port } = kubelet.server;
    kubelet.host.runCommand = async (_ref, _command, { stdout }) => {
      await stdout?.write(Buffer.from("no"));
      return { exitCode: 3 };
    };
    expect(await run(port, "/run/a/p/c?cmd=x")).toMatchObject({
      status: 500,
      text: "command 'x' exited with 3: no\n",
    });
    kubelet.host.runCommand = () => Promise.reject(new ProviderError("NotFound", "it does not run"));
    expect(await run(port, "/run/a/p/u/c?cmd=x")).toMatchObject({ status: 404, text: "it does not run\n" });
  });

  it("stops what prints without end", async () => {
    await using kubelet = await startTestKubelet();
    kubelet.host.runCommand = async (_ref, _command, { stdout }) => {
      for (;;) await stdout?.write(Buffer.alloc(1024 * 1024));
    };
    const { text } = await run(kubelet.server.port, "/run/a/p/c?cmd=yes");
    expect(text).toContain("the command printed more than 16 MiB");
  });

  it.each([
    ["GET", "/run/a/p/c?cmd=x", 405],
    ["POST", "/run/a/p/c", 400],
    ["POST", "/run/a/gone/c?cmd=x", 404],
    ["POST", "/run/a/p", 404],
  ])("%s %s: %d", async (method, path, status) => {
    await using kubelet = await startTestKubelet();
    expect((await run(kubelet.server.port, path, method)).status).toBe(status);
  });
});

describe("/runningpods", () => {
  it("lists the containers that run", async () => {
    await using kubelet = await startTestKubelet();
    const { text } = await fetchText(kubelet.server.port, "/runningpods/");
    expect(JSON.parse(text)).toEqual({
      kind: "PodList",
      apiVersion: "v1",
      metadata: {},
      items: [
        {
          metadata: { name: "p", namespace: "a", uid: "u" },
          spec: { containers: [{ name: "c", resources: {} }] },
          status: {},
        },
      ],
    });
  });
});
