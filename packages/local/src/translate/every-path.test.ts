import { checkEveryPath } from "@vkubelet/testing";
import { expect, it } from "vitest";
import { localTranslator } from "./translate-pod.ts";

it.each(["namespace", "reject"] as const)(
  "accounts with mounts %s for every path of PodSpec, and what it calls exact changes the plan or its files",
  (mounts) => {
    const host = {
      operatingSystem: "linux",
      architecture: "amd64",
      uid: 7,
      gid: 7,
      address: "192.0.2.7",
      mounts,
    } as const;
    expect(checkEveryPath(localTranslator, host, { readsFiles: true })).toEqual([]);
  },
);
