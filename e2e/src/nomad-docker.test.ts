import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LogOptions, Pod, PodObservation, PodSpec, Provider, ResolvedPod } from "@vkubelet/core";
import { createNomadProvider } from "@vkubelet/nomad";
import { resolvePod } from "@vkubelet/pod";
import {
  type DockerEngine,
  type NomadAgent,
  peerOrSkip,
  startDockerEngine,
  startNomad,
} from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exitCode, Observer, podContext } from "./nomad-fixtures.ts";

const ended = (observation: PodObservation) => observation.state === "ended";
const binary = Uint8Array.from([0, 255, 10, 128]);

/** Nomad collects the output of Docker containers in a process of its own, which may write after the end was told. */
const collected = { timeout: 20_000 };

/** It is attached after the start, and finds nothing of a container that is gone by then. */
const linger = "sleep 1";

describe.runIf((await peerOrSkip("nomad")) && (await peerOrSkip("docker")))(
  "pods as Docker containers of a real Nomad",
  () => {
    const abort = new AbortController();
    const context = podContext(abort.signal);
    let docker: DockerEngine;
    let agent: NomadAgent;
    let provider: Provider;
    let observer: Observer;
    let count = 0;

    beforeAll(async () => {
      docker = await startDockerEngine();
      agent = await startNomad({ dockerEndpoint: docker.host });
      provider = createNomadProvider({ nodeName: "vk-docker", address: agent.address, network: "host" });
      observer = new Observer(provider, context);
    });
    afterAll(async () => {
      await observer?.stop();
      abort.abort(new Error("suite over"));
      await agent?.stop();
      await docker?.stop();
    });

    /** The pod as the host resolves it, with the images of the test's own engine. */
    const resolve = (spec: PodSpec, password = "geheim"): ResolvedPod => {
      count += 1;
      const pod: Pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          name: `pod-${count}`,
          namespace: "team",
          uid: `0d0c0000-0000-4000-8000-${String(count).padStart(12, "0")}`,
          labels: { app: "web" },
        },
        spec,
      };
      const outcome = resolvePod(pod, {
        attempt: 0,
        configMap: () => ({
          data: { "app.conf": "a = {{ x }}\n", empty: "" },
          binaryData: { bin: base64(binary) },
        }),
        secret: () => ({ data: { password: btoa(password), raw: base64(binary) } }),
        services: [],
        nodeAllocatable: { cpu: "4", memory: "8Gi" },
        token: () => undefined,
      });
      if (outcome.type !== "resolved") throw new Error(JSON.stringify(outcome));
      return outcome.pod;
    };
    const container = (name: string, script: string, rest: object = {}) => ({
      name,
      image: docker.busyboxImage,
      imagePullPolicy: "IfNotPresent" as const,
      command: ["/bin/sh", "-c"],
      args: [script],
      ...rest,
    });
    const run = async (spec: PodSpec) => {
      const pod = resolve(spec);
      await provider.createPod(pod, context);
      return { pod, observation: await observer.until(pod.ref, ended, "the end") };
    };
    const read = async (pod: ResolvedPod, name: string) => {
      const lines: string[] = [];
      const options: LogOptions = { follow: false, previous: false };
      for await (const line of provider.logs?.({ ...pod.ref, container: name }, options, context) ?? []) {
        lines.push(Buffer.from(line.bytes).toString());
      }
      return lines;
    };

    it("mounts folders of the client and sets kernel settings of a container", async () => {
      const folder = await mkdtemp(join(tmpdir(), "vkubelet-host-path-"));
      await mkdir(join(folder, "part"));
      const { observation } = await run({
        restartPolicy: "Never",
        securityContext: { sysctls: [{ name: "kernel.shm_rmid_forced", value: "1" }] },
        volumes: [{ name: "host", hostPath: { path: folder } }],
        containers: [
          container("main", "cat /proc/sys/kernel/shm_rmid_forced > /part/seen; echo x > /whole/file", {
            volumeMounts: [
              { name: "host", mountPath: "/whole" },
              { name: "host", mountPath: "/part", subPath: "part" },
            ],
          }),
        ],
      });
      expect(exitCode(observation, "main")).toBe(0);
      expect(await readFile(join(folder, "part/seen"), "utf8")).toBe("1\n");
      expect(await readFile(join(folder, "file"), "utf8")).toBe("x\n");
      await rm(folder, { recursive: true });
    });

    it("mounts ConfigMaps, Secrets and the downward API, byte for byte", async () => {
      const script = [
        "cat /etc/app/app.conf",
        "stat -c '%a %s' /etc/app/empty /etc/app/bin /etc/secret/password",
        "od -An -tu1 /etc/app/bin /etc/secret/raw",
        "cat /etc/secret/password; echo",
        "cat /etc/one.conf /etc/pod/labels",
        "touch /etc/app/x 2>/dev/null || echo readonly",
        linger,
      ].join("\n");
      const { pod, observation } = await run({
        restartPolicy: "Never",
        volumes: [
          { name: "config", configMap: { name: "c" } },
          { name: "secret", secret: { secretName: "s", defaultMode: 0o400 } },
          {
            name: "pod",
            downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] },
          },
        ],
        containers: [
          container("main", script, {
            volumeMounts: [
              { name: "config", mountPath: "/etc/app" },
              { name: "config", mountPath: "/etc/one.conf", subPath: "app.conf" },
              { name: "secret", mountPath: "/etc/secret", readOnly: true },
              { name: "pod", mountPath: "/etc/pod" },
            ],
          }),
        ],
      });
      expect(exitCode(observation, "main")).toBe(0);
      await expect
        .poll(async () => (await read(pod, "main")).map((line) => line.trim()), collected)
        .toEqual([
          "a = {{ x }}",
          "644 0",
          "644 4",
          "400 6",
          "0 255  10 128   0 255  10 128",
          "geheim",
          "a = {{ x }}",
          'app="web"readonly',
        ]);
    });

    it("shares an emptyDir between init and main containers, with command, args and env", async () => {
      const { pod, observation } = await run({
        restartPolicy: "Never",
        volumes: [{ name: "work", emptyDir: {} }],
        initContainers: [
          container("setup", "echo made > /scratch/file", {
            volumeMounts: [{ name: "work", mountPath: "/scratch" }],
          }),
        ],
        containers: [
          container("main", `cat /data/file; echo "$PASSWORD $(NODE) $NODE"; pwd; ${linger}; exit 4`, {
            workingDir: "/tmp",
            volumeMounts: [{ name: "work", mountPath: "/data", readOnly: true }],
            env: [
              { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "s", key: "password" } } },
              { name: "NODE", valueFrom: { fieldRef: { fieldPath: "status.hostIP" } } },
            ],
          }),
        ],
      });
      expect(exitCode(observation, "setup")).toBe(0);
      expect(exitCode(observation, "main")).toBe(4);
      await expect
        .poll(() => read(pod, "main"), collected)
        .toEqual(["made", "geheim 127.0.0.1 127.0.0.1", "/tmp"]);
    });

    it("runs as the user, with the hostname and the limits that the pod asks for", async () => {
      const { pod, observation } = await run({
        restartPolicy: "Never",
        ...{ hostAliases: [{ ip: "10.1.2.3", hostnames: ["db.example"] }] },
        securityContext: {
          runAsUser: 1000,
          runAsGroup: 2000,
          runAsNonRoot: true,
          supplementalGroups: [3000],
        },
        containers: [
          container(
            "main",
            `id -u; id -g; id -G; grep -c db.example /etc/hosts; touch /x 2>/dev/null || echo readonly; ${linger}`,
            {
              securityContext: {
                readOnlyRootFilesystem: true,
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
              },
              resources: {
                requests: { cpu: "100m", memory: "32Mi" },
                limits: { cpu: "100m", memory: "32Mi" },
              },
            },
          ),
        ],
      });
      expect(exitCode(observation, "main")).toBe(0);
      await expect
        .poll(() => read(pod, "main"), collected)
        .toEqual(["1000", "2000", "2000 3000", "1", "readonly"]);
    });

    it("says why an image that does not exist is waited for", async () => {
      const pod = resolve({
        restartPolicy: "Always",
        containers: [{ ...container("main", "true"), image: "127.0.0.1:9/no/such:1" }],
      });
      await provider.createPod(pod, context);
      const waits = (observation: PodObservation) => {
        const state = observation.containers[0]?.state;
        return state?.type === "waiting" && /^(ErrImagePull|ImagePullBackOff)$/.test(state.reason ?? "");
      };
      const observation = await observer.until(pod.ref, waits, "the image error");
      expect(JSON.stringify(observation.containers)).toContain("127.0.0.1:9/no/such:1");
      await provider.deletePod(pod.ref, { gracePeriodSeconds: 1 }, context);
      await observer.until(pod.ref, ended, "the end");
    });

    it("carries a changed Secret into the files of a running pod", async () => {
      const spec: PodSpec = {
        restartPolicy: "Never",
        volumes: [{ name: "secret", secret: { secretName: "s" } }],
        containers: [
          container(
            "main",
            "echo up; until grep -q neu /etc/secret/password; do sleep 0.2; done; cat /etc/secret/password; echo",
            {
              volumeMounts: [{ name: "secret", mountPath: "/etc/secret" }],
            },
          ),
        ],
      };
      const pod = resolve(spec);
      await provider.createPod(pod, context);
      await observer.until(pod.ref, (seen) => seen.containers[0]?.state.type === "running", "running");
      const renewed = { ...resolve(spec, "neu"), ref: pod.ref, pod: pod.pod };
      await provider.updatePod?.({ ...renewed, containers: pod.containers, hostname: pod.hostname }, context);
      expect(exitCode(await observer.until(pod.ref, ended, "the end"), "main")).toBe(0);
      // With a line end: a last line without one never reaches Nomad's log of a Docker container (seen with 1.11.3).
      await expect.poll(() => read(pod, "main"), collected).toEqual(["up", "neu"]);
    });

    it("ends with the stop signal of the image", async () => {
      const pod = resolve({
        containers: [container("main", "trap 'exit 6' TERM; echo up; while :; do sleep 0.1; done")],
      });
      await provider.createPod(pod, context);
      await observer.until(pod.ref, (seen) => seen.containers[0]?.state.type === "running", "running");
      await expect.poll(() => read(pod, "main"), { timeout: 10_000 }).toEqual(["up"]);
      await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, context);
      expect(exitCode(await observer.until(pod.ref, ended, "the end"), "main")).toBe(6);
    });
  },
);

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
