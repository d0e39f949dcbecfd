import { acceptAnnotation } from "@vkubelet/pod";
import { resolvedPodOf } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { fargateTranslator } from "./translate-pod.ts";

const options = { nodeName: "fargate-1", region: "eu-west-1", cluster: "pods", subnets: ["subnet-1"] };
const field = "spec.containers[0].volumeMounts[0].subPath";

function translate(mountPath: string, accept: string) {
  const pod = resolvedPodOf(
    {
      restartPolicy: "Never",
      containers: [
        { name: "main", image: "a", volumeMounts: [{ name: "config", mountPath, subPath: "app.yaml" }] },
      ],
      volumes: [{ name: "config", configMap: { name: "app" } }],
    },
    0,
    { configMaps: { app: { data: { "app.yaml": "a: 1" } } } },
  );
  const metadata = { ...pod.pod.metadata, annotations: { [acceptAnnotation]: accept } };
  const { requests, report } = fargateTranslator.translate(
    { ...pod, pod: { ...pod.pod, metadata } },
    options,
  );
  const { containerDefinitions, volumes } = requests?.registerTaskDefinition ?? {};
  return {
    mounts: containerDefinitions?.map(({ mountPoints }) => mountPoints),
    volumes,
    entries: report.entries.filter(({ path }) => path === field),
  };
}

describe("a single file of a ConfigMap", () => {
  it("rejects the pod and says what the pod may accept", () => {
    const { entries, volumes } = translate("/app/app.yaml", "");
    expect(entries).toEqual([
      { path: field, disposition: "reject", reason: expect.stringContaining(acceptAnnotation) },
    ]);
    expect(volumes).toBeUndefined();
  });

  it("is a volume in the place of the directory where the pod accepts that", () => {
    const { entries, mounts, volumes } = translate(
      "/app/app.yaml",
      "spec.containers[].volumeMounts[].subPath",
    );
    expect(entries).toContainEqual({
      path: field,
      disposition: "approx",
      reason: expect.stringContaining("accepted by the pod: /app is replaced"),
    });
    expect(volumes).toEqual([{ name: "vkubelet_files_0" }]);
    expect(mounts).toEqual([
      [expect.objectContaining({ sourceVolume: "vkubelet_files_0", readOnly: false })],
      [{ sourceVolume: "vkubelet_files_0", containerPath: "/app", readOnly: true }],
    ]);
  });

  it("stays rejected where no image works without the directory", () => {
    const { entries } = translate("/app.yaml", "spec.containers[].volumeMounts[].subPath");
    expect(entries).toEqual([
      { path: field, disposition: "reject", reason: expect.stringContaining("replacing /") },
    ]);
  });
});
