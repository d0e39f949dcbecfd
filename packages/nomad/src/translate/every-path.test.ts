import { checkEveryPath } from "@vkubelet/testing";
import { expect, it } from "vitest";
import { defaultTranslateOptions } from "./options.ts";
import { nomadTranslator } from "./translate-pod.ts";

it.each([
  { driver: "docker", network: "bridge" },
  { driver: "raw_exec", network: "host" },
] as const)(
  "accounts with $driver for every path of PodSpec, and what it calls exact changes the requests",
  (choice) => {
    const options = {
      ...defaultTranslateOptions,
      ...choice,
      nodeName: "nomad-1",
      claims: { sample: { type: "host", source: "disk" } },
      runtimes: { sample: "runsc" },
    } as const;
    expect(checkEveryPath(nomadTranslator, options)).toEqual([]);
  },
);
