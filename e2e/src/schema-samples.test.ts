import { Agent, request } from "node:https";
import type { Pod } from "@vkubelet/core";
import { podWith, schemaPaths, valuesAt } from "@vkubelet/pod/schema";
import { type ControlPlane, peerOrSkip, startControlPlane } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** Alpha fields that a server without these gates drops. */
const gates = ["ContainerStopSignals=true"];

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
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });

  beforeAll(async () => {
    controlPlane = await startControlPlane({
      scheduler: false,
      extraArguments: { apiServer: ["--allow-privileged=true", `--feature-gates=${gates.join(",")}`] },
    });
    const metadata = { name: "sample" };
    const pods = "/api/v1/namespaces/default/pods";
    await created("/api/v1/namespaces/default/serviceaccounts", { metadata });
    await created("/apis/scheduling.k8s.io/v1/priorityclasses", {
      metadata,
      value: 7,
      preemptionPolicy: "Never",
    });
    await created("/apis/node.k8s.io/v1/runtimeclasses", {
      metadata,
      handler: "sample",
      overhead: { podFixed: { cpu: "100m" } },
    });
    const claimed = podWith("spec.volumes[].persistentVolumeClaim");
    const volumes = [
      { name: "data", emptyDir: {} },
      { name: "claim", persistentVolumeClaim: { claimName: "sample" } },
    ];
    running = (await created(pods, { ...claimed, spec: { ...claimed.spec, volumes } })) as Pod;
  });
  afterAll(async () => {
    agent.destroy();
    await controlPlane?.stop();
  });

  async function created(path: string, body: unknown): Promise<unknown> {
    const answer = await send("POST", path, body);
    expect(answer.message).toBe("");
    return answer.content;
  }

  function send(method: "POST" | "PUT", path: string, body: unknown) {
    return new Promise<{ readonly message: string; readonly content: Pod }>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${controlPlane.token("admin")}`,
        "content-type": "application/json",
      };
      const options = { method, headers, agent, ca: controlPlane.caPem };
      const sent = request(controlPlane.server + path, options, (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => {
          const content = JSON.parse(text);
          resolve({ message: (response.statusCode ?? 500) < 300 ? "" : content.message, content });
        });
      });
      sent.on("error", reject);
      sent.end(JSON.stringify(body));
    });
  }

  /** What the server says to a pod with that path, in a dry run; empty where it takes the pod and keeps the field. */
  async function answerTo(path: string): Promise<string> {
    const isEphemeral = path.startsWith("spec.ephemeralContainers");
    const query = "?dryRun=All&fieldValidation=Strict";
    const pods = "/api/v1/namespaces/default/pods";
    const { message, content } = isEphemeral
      ? await send("PUT", `${pods}/sample/ephemeralcontainers${query}`, podWith(path, running))
      : await send("POST", pods + query, { ...podWith(path), metadata: { generateName: "sample-" } });
    if (message !== "") return message;
    return valuesAt(content.spec, path).length > 0 ? "" : "dropped";
  }

  it("are valid pods for the API server, but for the paths that it never takes", async () => {
    const paths = schemaPaths().map(({ path }) => path);
    const wrong: string[] = [];
    const waiting = [...paths];
    const worker = async () => {
      for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
        const at = path;
        const answer = await answerTo(at);
        const expected = refusals.find(([pattern]) => pattern.test(at))?.[1] ?? /^$/;
        if (!expected.test(answer)) wrong.push(`${path}: ${answer}`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    expect(wrong).toEqual([]);
  });
});
