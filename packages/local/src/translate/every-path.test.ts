import { checkEveryPath } from "@vkubelet/testing";
import { expect, it } from "vitest";
import { localTranslator } from "./translate-pod.ts";

it.each([
  { mounts: "namespace", hostname: "own", users: "any", limits: "cgroup" },
  { mounts: "namespace", hostname: "machine", users: "own", limits: "none" },
  { mounts: "reject", hostname: "machine", users: "own", limits: "none" },
] as const)(
  "accounts with $mounts for mounts, $hostname hostname and $users user and limits by $limits for every path of PodSpec, and what it calls exact changes the plan or its files",
  ({ mounts, hostname, users, limits }) => {
    const id = users === "any" ? 0 : 7;
    const host = {
      operatingSystem: "linux",
      architecture: "amd64",
      uid: id,
      gid: id,
      address: "192.0.2.7",
      mounts,
      hostname,
      users,
      limits,
    } as const;
    expect(checkEveryPath(localTranslator, host, { readsFiles: true })).toEqual([]);
  },
);
