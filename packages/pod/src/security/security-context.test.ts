import { expect, it } from "vitest";
import { commonRunAsUser, fsGroupOf } from "./security-context.ts";

const user = (name: string, runAsUser?: number) => ({
  name,
  ...(runAsUser !== undefined && { securityContext: { runAsUser } }),
});

it("U6: the common user is that of every container, the container's before the pod's", () => {
  const common = (spec: object) => commonRunAsUser({ spec: { containers: [user("a")], ...spec } });
  expect(common({})).toBeUndefined();
  expect(common({ securityContext: { runAsUser: 5 } })).toBe(5);
  expect(common({ containers: [user("a", 0), user("b", 0)] })).toBe(0);
  expect(common({ containers: [user("a", 5), user("b")], securityContext: { runAsUser: 5 } })).toBe(5);
  expect(common({ containers: [user("a", 5)], initContainers: [user("i")] })).toBeUndefined();
});

it("fsGroup is the pod's", () => {
  expect(fsGroupOf({ spec: { containers: [], securityContext: { fsGroup: 0 } } })).toBe(0);
  expect(fsGroupOf({})).toBeUndefined();
});
