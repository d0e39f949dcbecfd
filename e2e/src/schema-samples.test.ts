import type { Pod } from "@vkubelet/core";
import { podWith, schemaPaths, valuesAt } from "@vkubelet/pod/schema";
import { type ControlPlane, peerOrSkip, startControlPlane } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DryRunApi, eightAtOnce, openDryRunApi, podsPath, sampleServer } from "./dry-run-api.ts";

/** The paths that the server does not take, whatever stands beside them, with what it says. */
const refusals: readonly (readonly [path: RegExp, answer: RegExp])[] = [
  [
    /\.(evictionResponders|httpGet\.protocol|grpc\.mode|bindMountOptions|emptyDir\.mode|defaultUser)\b/,
    /unknown field/,
  ],
  [/\.(items\[\]|serviceAccountToken|clusterTrustBundle|podCertificate)\.user$/, /unknown field/],
  [
    /^spec\.ephemeralContainers\[\]\.(lifecycle|\w+Probe|ports|resizePolicy|resources\.|restartPolicy)/,
    /cannot be set for an Ephemeral Container/,
  ],
  [/^spec\.ephemeralContainers\[\].*\.subPath(Expr)?$/, /cannot be set for an Ephemeral Container/],
  // The pod is there already, and its own fields no longer change.
  [/^spec\.ephemeralContainers\[\].*\.(hostProcess|procMount)$/, /hostNetwork must be true|hostUsers/],
  [/\.readinessProbe\.terminationGracePeriodSeconds$/, /must not be set for readinessProbes/],
  [/^spec\.resources\.claims\b/, /may not be set for Resources at pod-level/],
  // Feature gates that are off: GenericWorkload, ClusterTrustBundleProjection and PodCertificateRequest.
  [/^spec\.schedulingGroup\b|\.(clusterTrustBundle|podCertificate)\b/, /^dropped$/],
];

describe.runIf(await peerOrSkip("kubernetes"))("the sample pods of the schema", () => {
  let controlPlane: ControlPlane;
  let running: Pod;
  let api: DryRunApi;

  beforeAll(async () => {
    controlPlane = await startControlPlane(sampleServer);
    api = openDryRunApi(controlPlane);
    await api.createNamed();
    const claimed = podWith("spec.volumes[].persistentVolumeClaim");
    const volumes = [
      { name: "data", emptyDir: {} },
      { name: "claim", persistentVolumeClaim: { claimName: "sample" } },
    ];
    running = (await api.create(podsPath, { ...claimed, spec: { ...claimed.spec, volumes } })) as Pod;
  });
  afterAll(async () => {
    api?.close();
    await controlPlane?.stop();
  });

  /** What the server says to a pod with that path, in a dry run; empty where it takes the pod and keeps the field. */
  async function answerTo(path: string): Promise<string> {
    const isEphemeral = path.startsWith("spec.ephemeralContainers");
    const { message, content } = isEphemeral
      ? await api.tryRequest("PUT", `${podsPath}/sample/ephemeralcontainers`, podWith(path, running))
      : await api.tryPod(podWith(path));
    if (message !== "") return message;
    return valuesAt(content.spec, path).length > 0 ? "" : "dropped";
  }

  it("are valid pods for the API server, but for the paths that it never takes", async () => {
    const paths = schemaPaths().map(({ path }) => path);
    const wrong: string[] = [];
    await eightAtOnce(paths, async (path) => {
      const answer = await answerTo(path);
      const expected = refusals.find(([pattern]) => pattern.test(path))?.[1] ?? /^$/;
      if (!expected.test(answer)) wrong.push(`${path}: ${answer}`);
    });
    expect(wrong).toEqual([]);
  });
});
