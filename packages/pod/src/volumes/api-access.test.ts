import { expect, it } from "vitest";
import { resolvePod } from "../resolve/resolve-pod.ts";
import { withoutApiAccess } from "./api-access.ts";

function resolved(volumeName: string) {
  const outcome = resolvePod(
    {
      metadata: { name: "p", namespace: "n", uid: "u" },
      spec: {
        volumes: [
          { name: "work", emptyDir: {} },
          { name: volumeName, projected: { sources: [{ serviceAccountToken: { path: "token" } }] } },
        ],
        containers: [
          {
            name: "main",
            image: "i",
            volumeMounts: [
              { name: "work", mountPath: "/work" },
              {
                name: volumeName,
                mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
                readOnly: true,
              },
            ],
          },
        ],
      },
    },
    {
      attempt: 0,
      configMap: () => undefined,
      secret: () => undefined,
      services: [],
      nodeAllocatable: {},
      token: () => ({ token: "t", expiresAt: "2026-01-01T00:00:00Z" }),
    },
  );
  if (outcome.type !== "resolved") throw new Error("the pod waits");
  return outcome.pod;
}

it("F4: leaves out the token volume that admission adds, its mounts, and nothing else", () => {
  const { pod, leftOut } = withoutApiAccess(resolved("kube-api-access-x7k2p"));
  expect(leftOut).toEqual(["spec.volumes[1]"]);
  expect(pod.volumes.map(({ name }) => name)).toEqual(["work"]);
  expect(pod.containers[0]?.mounts.map(({ volume }) => volume)).toEqual(["work"]);
});

it("F4: keeps a token volume that the user asked for", () => {
  const pod = resolved("my-token");
  expect(withoutApiAccess(pod)).toEqual({ pod, leftOut: [] });
});
