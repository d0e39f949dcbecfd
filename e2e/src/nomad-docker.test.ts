import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Container, PodObservation, PodSpec, ResolvedPod } from "@vkubelet/core";
import { peerOrSkip } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collected, linger, NomadDocker, secretOf } from "./nomad-docker.ts";
import { exitCode } from "./nomad-fixtures.ts";

describe.runIf((await peerOrSkip("nomad")) && (await peerOrSkip("docker")))(
  "pods as Docker containers of a real Nomad",
  () => {
    let nomad: NomadDocker;

    beforeAll(async () => {
      nomad = await NomadDocker.start();
    });
    afterAll(async () => {
      await nomad?.[Symbol.asyncDispose]();
    });
    const container = (name: string, script: string, rest: Partial<Container> = {}) =>
      nomad.container(name, script, rest);
    const run = (spec: PodSpec) => nomad.run(spec);
    const read = (pod: ResolvedPod, name: string) => nomad.read(pod, name);
    const isRunning = (seen: PodObservation) => seen.containers[0]?.state.type === "running";

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

    it("makes emptyDirs that every user can write to, alone and shared, whole and in parts", async () => {
      const mount = (name: string, mountPath: string, subPath?: string) => ({
        name,
        mountPath,
        ...(subPath === undefined ? {} : { subPath }),
      });
      type Mounts = readonly ReturnType<typeof mount>[];
      const writer = (name: string, user: number, mounts: Mounts, script = "true") => {
        const folders = mounts.map(({ mountPath }) => mountPath).join(" ");
        return container(name, `for d in ${folders}; do id -u >> $d/who || exit 1; done; ${script}`, {
          volumeMounts: mounts,
          securityContext: { runAsUser: user, runAsGroup: user },
        });
      };
      const shared = [mount("shared", "/shared"), mount("parts", "/part", "a")];
      const own = [mount("own", "/own"), mount("parts", "/other", "b"), mount("memory", "/memory")];
      const shown = "cat /part/who /other/who /own/who; stat -c %a /memory /shared";
      const { pod, observation } = await run({
        restartPolicy: "Never",
        volumes: [
          { name: "shared", emptyDir: {} },
          { name: "own", emptyDir: {} },
          { name: "parts", emptyDir: {} },
          { name: "memory", emptyDir: { medium: "Memory" } },
        ],
        initContainers: [writer("setup", 1000, shared, "chmod 666 /shared/who /part/who")],
        containers: [
          writer("main", 2000, [...shared, ...own], `rm /shared/who && echo gone; ${shown}; ${linger}`),
        ],
      });
      expect(exitCode(observation, "setup")).toBe(0);
      expect(exitCode(observation, "main")).toBe(0);
      await expect
        .poll(() => read(pod, "main"), collected)
        .toEqual(["gone", "1000", "2000", "2000", "2000", "777", "777"]);
    });

    it("says why an image that does not exist is waited for", async () => {
      const pod = await nomad.create(
        nomad.resolve({
          restartPolicy: "Always",
          containers: [container("main", "true", { image: "127.0.0.1:9/no/such:1" })],
        }),
      );
      const waits = (observation: PodObservation) => {
        const state = observation.containers[0]?.state;
        return state?.type === "waiting" && /^(ErrImagePull|ImagePullBackOff)$/.test(state.reason ?? "");
      };
      const observation = await nomad.observer.until(pod.ref, waits, "the image error");
      expect(JSON.stringify(observation.containers)).toContain("127.0.0.1:9/no/such:1");
      await nomad.provider.deletePod(pod.ref, { gracePeriodSeconds: 1 }, nomad.context);
      await nomad.end(pod);
    });

    it("carries a changed Secret into the files of a running pod, as a host does that was restarted", async () => {
      const script = [
        'echo "$PASSWORD $(LEVEL)"',
        "until grep -q neu /etc/secret/password; do sleep 0.2; done",
        "cat /etc/secret/password; echo",
        linger,
      ].join("; ");
      const configMap = (level: string) => ({ configMap: () => ({ data: { level } }) });
      const spec: PodSpec = {
        restartPolicy: "Never",
        volumes: [{ name: "secret", secret: { secretName: "s" } }],
        containers: [
          container("main", script, {
            volumeMounts: [{ name: "secret", mountPath: "/etc/secret" }],
            env: [
              { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "s", key: "password" } } },
              { name: "LEVEL", valueFrom: { configMapKeyRef: { name: "c", key: "level" } } },
            ],
          }),
        ],
      };
      const pod = await nomad.create(nomad.resolve(spec, configMap("low")));
      await nomad.observer.until(pod.ref, isRunning, "running");
      const today = nomad.resolveAgain(pod, { ...configMap("high"), secret: () => secretOf("neu") });
      await nomad.provider.updatePod?.(today, nomad.context);
      expect(exitCode(await nomad.end(pod), "main")).toBe(0);
      // With a line end: a last line without one never reaches Nomad's log of a Docker container (seen with 1.11.3).
      await expect.poll(() => read(pod, "main"), collected).toEqual(["geheim low", "neu"]);
    });

    it("ends with the stop signal of the image", async () => {
      const script = "trap 'exit 6' TERM; echo up; while :; do sleep 0.1; done";
      const pod = await nomad.create(nomad.resolve({ containers: [container("main", script)] }));
      await nomad.observer.until(pod.ref, isRunning, "running");
      await expect.poll(() => read(pod, "main"), { timeout: 10_000 }).toEqual(["up"]);
      await nomad.provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, nomad.context);
      expect(exitCode(await nomad.end(pod), "main")).toBe(6);
    });
  },
);
