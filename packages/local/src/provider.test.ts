import { describe, expect, it } from "vitest";
import { createLocalProvider } from "./provider.ts";
import { linesOf, observed, resolved, shell, temporaryDirectory, testContext } from "./test-support.ts";

describe("local provider with real processes", () => {
  it("runs one container to its end and shows its output", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const pod = resolved("one", {
      restartPolicy: "Never",
      containers: [
        shell("main", "echo hello $NAME; echo oops >&2; exit 3", { env: [{ name: "NAME", value: "you" }] }),
      ],
    });
    await provider.createPod(pod, testContext());
    const end = await observed(provider, "one", ({ state }) => state === "ended");
    expect(end.containers[0]?.state).toMatchObject({ type: "terminated", exitCode: 3 });
    expect(await linesOf(provider, "one", "main")).toEqual(["hello you", "oops"]);
  });
});

describe("mounts", () => {
  it("M3: containers share an emptyDir at paths that this machine does not have", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const volumeMounts = [
      { name: "data", mountPath: "/vkubelet-data" },
      { name: "data", mountPath: "/var/run/vkubelet/secrets/x", subPath: "sub" },
      { name: "data", mountPath: "/vkubelet-data/nested", readOnly: true },
    ];
    const pod = resolved("mounted", {
      restartPolicy: "Never",
      volumes: [{ name: "data", emptyDir: {} }],
      initContainers: [
        shell("first", "echo deep > /var/run/vkubelet/secrets/x/file; ls -ld /var/run/", { volumeMounts }),
      ],
      containers: [
        shell(
          "main",
          "cat /vkubelet-data/sub/file; cat nested/sub/file; touch nested/y || echo no; stat -c %a .; ls /run | wc -l",
          {
            volumeMounts,
            workingDir: "/vkubelet-data",
          },
        ),
      ],
    });
    await provider.createPod(pod, testContext());
    const end = await observed(provider, "mounted", ({ state }) => state === "ended");
    console.log(
      JSON.stringify(end.containers),
      await linesOf(provider, "mounted", "first"),
      await linesOf(provider, "mounted", "main"),
    );
  });
});
