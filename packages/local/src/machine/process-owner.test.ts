import { describe, expect, it } from "vitest";
import type { PlannedSecurity } from "../translate/process-plan.ts";
import { missingCapabilities, ownerBy } from "./process-owner.ts";

const passwd = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/srv:/bin/sh\n";
const groups = "root:x:0:\nwheel:x:10:root,app\napps:x:1001:\nmore:x:1002:other,app\n";
const owner = (security: Partial<PlannedSecurity>) =>
  ownerBy({ groups: [], mergeGroups: true, noNewPrivileges: false, ...security }, passwd, groups);

describe("ownerBy", () => {
  it("U6: a user without a group has its own by passwd, else 0", () => {
    expect(owner({ user: 1000 })).toMatchObject({ uid: 1000, gid: 1001 });
    expect(owner({ user: 7 })).toEqual({ uid: 7, gid: 0, groups: [0] });
    expect(owner({ user: 1000, group: 5 }).gid).toBe(5);
    expect(owner({})).toEqual({ uid: 0, gid: 0, groups: [0, 10] });
  });

  it("U6: groups are the primary one, the pod's, and with Merge those that list the user", () => {
    expect(owner({ user: 1000, group: 5, groups: [2000, 5] }).groups).toEqual([5, 10, 1002, 2000]);
    expect(owner({ user: 1000, group: 5, groups: [2000], mergeGroups: false }).groups).toEqual([5, 2000]);
  });

  it("takes a machine without such files for one that names nobody", () => {
    expect(ownerBy({ user: 3, groups: [], mergeGroups: true, noNewPrivileges: false }, "", "")).toEqual({
      uid: 3,
      gid: 0,
      groups: [0],
    });
  });
});

it("nothing is missing of no capabilities", async () => {
  const none = { groups: [], mergeGroups: true, noNewPrivileges: false, capabilities: [] };
  expect(await missingCapabilities(none)).toEqual([]);
});
