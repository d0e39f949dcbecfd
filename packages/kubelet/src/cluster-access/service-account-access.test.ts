import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { AccessOptions } from "./cluster-access.ts";
import { serviceAccountAccess } from "./service-account-access.ts";

it("shows the token that is mounted now, and trusts the authority beside it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vkubelet-service-account-"));
  await writeFile(join(folder, "ca.crt"), "authority");
  const access = serviceAccountAccess("10.0.0.1", "443", folder);
  for (const token of ["first", "second"]) {
    await writeFile(join(folder, "token"), token);
    const options: AccessOptions = {};
    await access.applyToHTTPSOptions(options);
    expect([String(options.ca), options.headers]).toEqual([
      "authority",
      { Authorization: `Bearer ${token}` },
    ]);
  }
  await rm(folder, { recursive: true });
});

it.each([
  ["10.0.0.1", "https://10.0.0.1:443"],
  ["fd00::1", "https://[fd00::1]:443"],
])("finds the server at %s", (host, server) => {
  expect(serviceAccountAccess(host, "443", "/nowhere").getCurrentCluster()).toEqual({ server });
});
