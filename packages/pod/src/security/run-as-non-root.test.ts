import type { Pod } from "@vkubelet/core";
import { expect, it } from "vitest";
import { runAsNonRootVerdict } from "./run-as-non-root.ts";

type Context = Readonly<Record<string, unknown>>;

function verdict(context: Context, imageUser?: string, ofPod: Context = {}) {
  const container = { name: "c", securityContext: context };
  const pod: Pod = {
    metadata: { name: "p", namespace: "ns", uid: "uid-1" },
    spec: { containers: [container], securityContext: ofPod },
  };
  return runAsNonRootVerdict(pod, container, imageUser);
}
const refused = (message: string) => ({
  type: "refused",
  message: `${message} (pod: "p_ns(uid-1)", container: c)`,
});
const nonRoot = { runAsNonRoot: true };

it("U6: without runAsNonRoot anybody may run", () => {
  expect(verdict({ runAsUser: 0 }, "root")).toEqual({ type: "allowed" });
  expect(verdict({ runAsNonRoot: false }, "", nonRoot)).toEqual({ type: "allowed" });
});

it("U6: runAsUser decides alone", () => {
  expect(verdict({ ...nonRoot, runAsUser: 7 }, "root")).toEqual({ type: "allowed" });
  expect(verdict({ runAsUser: 0 }, "1000", nonRoot)).toEqual(
    refused("container's runAsUser breaks non-root policy"),
  );
});

it("U6: else the image's user does, which must be a number other than 0", () => {
  expect(verdict(nonRoot, "1000")).toEqual({ type: "allowed" });
  expect(verdict(nonRoot, "1000:0")).toEqual({ type: "allowed" });
  for (const root of ["0", "0:0", "", ":1000"]) {
    expect(verdict(nonRoot, root)).toEqual(refused("container has runAsNonRoot and image will run as root"));
  }
  expect(verdict(nonRoot, "nginx:nginx")).toEqual(
    refused(
      "container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root",
    ),
  );
  expect(verdict(nonRoot, "9223372036854775808")).toEqual(
    refused(
      "container has runAsNonRoot and image has non-numeric user (9223372036854775808), cannot verify user is non-root",
    ),
  );
  for (const id of ["-1", "2147483648"]) {
    expect(verdict(nonRoot, id)).toEqual(
      refused(
        `container has runAsNonRoot and image has an invalid user id (${id}). (Must be 1-(2147483647)): ` +
          "must be between 0 and 2147483647, inclusive",
      ),
    );
  }
});

it("U6: without knowledge of the image only runAsUser can tell", () => {
  expect(verdict(nonRoot)).toEqual({ type: "unknown" });
  expect(verdict({ ...nonRoot, runAsUser: 7 })).toEqual({ type: "allowed" });
});
