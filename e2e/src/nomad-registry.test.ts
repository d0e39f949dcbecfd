import type { PodObservation, PodSpec, ResolvedPod, Secret } from "@vkubelet/core";
import { jobId } from "@vkubelet/nomad/translate";
import { peerOrSkip } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BasicAuthRegistry, startBasicAuthRegistry } from "./basic-auth-registry.ts";
import { collected, linger, NomadDocker } from "./nomad-docker.ts";
import { container, exitCode } from "./nomad-fixtures.ts";

const login = { username: "robot$x", password: ['hunter"2\\ $', "{x} %{y} é"].join("") };

describe.runIf((await peerOrSkip("nomad")) && (await peerOrSkip("docker")))(
  "images of a registry that asks for a password, on a real Nomad",
  () => {
    let nomad: NomadDocker;
    let registry: BasicAuthRegistry;

    beforeAll(async () => {
      nomad = await NomadDocker.start();
      registry = await startBasicAuthRegistry(nomad.docker.busyboxArchive, login);
    });
    afterAll(async () => {
      await nomad?.[Symbol.asyncDispose]();
      await registry?.[Symbol.asyncDispose]();
    });

    const resolve = (image: string, script: string, rest: Partial<PodSpec> = {}, password = login.password) =>
      nomad.resolve(
        {
          imagePullSecrets: [{ name: "registry" }],
          containers: [nomad.container("main", script, { image: `${registry.host}/${image}` })],
          ...rest,
        },
        { secret: () => dockerConfig(registry.host, { ...login, password }) },
      );
    const jobOf = async ({ ref }: ResolvedPod) => {
      const id = jobId(NomadDocker.nodeName, ref.uid);
      return await (await fetch(`${nomad.agent.address}/v1/job/${id}`)).text();
    };

    it("pulls with the pod's credential, which neither the job nor the container shows", async () => {
      // A shell does not pass on what is no name of a variable to it.
      const script = `tr '\\0' '\\n' < /proc/1/environ; ${linger}`;
      const pod = await nomad.create(resolve("team/app:right", script, { restartPolicy: "Never" }));
      expect(exitCode(await nomad.end(pod), "main")).toBe(0);
      expect(registry.asked.granted).toBeGreaterThan(0);
      expect(registry.asked.refused).toBe(0);
      await expect.poll(() => nomad.read(pod, "main"), collected).toContain("secret.pull.p0=");
      const job = await jobOf(pod);
      expect(job).toContain("secret.pull.p0");
      for (const text of [(await nomad.read(pod, "main")).join("\n"), job]) {
        expect(text).not.toContain("hunter");
        expect(text).not.toContain("robot");
      }
    });

    it("says why an image is waited for that the registry refuses", async () => {
      const pod = await nomad.create(resolve("team/app:wrong", "true", {}, "wrong"));
      const refused = (seen: PodObservation) => JSON.stringify(seen.containers).includes("team/app:wrong");
      const seen = await nomad.observer.until(pod.ref, refused, "the image error");
      expect(container(seen, "main").state).toMatchObject({ type: "waiting" });
      expect(registry.asked.refused).toBeGreaterThan(0);
      await nomad.provider.deletePod(pod.ref, { gracePeriodSeconds: 1 }, nomad.context);
      await nomad.end(pod);
    });

    it("runs on when the client is restarted, and is started again afterwards", async () => {
      const pod = await nomad.create(resolve("a:1", "trap 'exit 6' TERM; while :; do sleep 0.1; done"));
      const runs = (restarts: number) => (seen: PodObservation) =>
        seen.containers.some(
          ({ state, restartCount }) => state.type === "running" && restartCount === restarts,
        );
      const before = await nomad.observer.until(pod.ref, runs(0), "running");
      await nomad.restartAgent();
      const after = await nomad.observer.until(pod.ref, runs(0), "running on");
      expect(container(after, "main").instanceId).toBe(container(before, "main").instanceId);
      const allocation = container(before, "main").instanceId?.slice(0, 36);
      // A client that has just started says nothing of its tasks before its first heartbeat: the end does.
      await fetch(`${nomad.agent.address}/v1/client/allocation/${allocation}/signal`, {
        method: "PUT",
        body: JSON.stringify({ Signal: "SIGTERM", Task: "main" }),
      });
      const again = await nomad.observer.until(pod.ref, runs(1), "running again", 120);
      expect(container(again, "main").lastTermination).toMatchObject({ exitCode: 6 });
      await nomad.provider.deletePod(pod.ref, { gracePeriodSeconds: 1 }, nomad.context);
      await nomad.end(pod);
    });

    it("leaves nothing of the credential when the pod is released", async () => {
      const pod = await nomad.create(resolve("team/app:right", "true", { restartPolicy: "Never" }));
      await nomad.end(pod);
      const variables = async () => {
        const prefix = `nomad/jobs/${jobId(NomadDocker.nodeName, pod.ref.uid)}`;
        return (await (await fetch(`${nomad.agent.address}/v1/vars?prefix=${prefix}`)).json()) as unknown[];
      };
      expect(await variables()).toHaveLength(1);
      await nomad.provider.releasePod?.(pod.ref, nomad.context);
      expect(await variables()).toEqual([]);
    });
  },
);

function dockerConfig(host: string, { username, password }: typeof login): Secret {
  const config = JSON.stringify({ auths: { [host]: { username, password } } });
  const data = { ".dockerconfigjson": Buffer.from(config).toString("base64") };
  return { type: "kubernetes.io/dockerconfigjson", data };
}
