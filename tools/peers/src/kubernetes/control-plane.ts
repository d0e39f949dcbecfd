import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RunningProcess } from "../child-process.ts";
import { freePorts } from "../free-port.ts";
import { answersOk } from "../http-ready.ts";
import { type CommandResult, runCommand } from "../run-command.ts";
import { type ControlPlaneFaults, controlPlaneFaults, RestartableProcess } from "./control-plane-faults.ts";
import {
  type ControlPlaneFiles,
  type ControlPlaneUser,
  kubeconfigFileName,
  writeControlPlaneFiles,
} from "./control-plane-files.ts";
import {
  type ProcessContext,
  startApiServer,
  startControllerManager,
  startEtcd,
  startScheduler,
} from "./control-plane-processes.ts";
import { renderKubeconfig } from "./kubeconfig.ts";
import { findKubernetesCommands, type KubernetesRelease, kubernetesPeers } from "./kubernetes-peer.ts";

/** Settings of {@link startControlPlane}. */
export interface ControlPlaneOptions {
  /** Default "newest". */
  readonly release?: KubernetesRelease;
  /** Users with a token besides `admin` (group `system:masters`) and `nobody` (no rights). */
  readonly users?: readonly ControlPlaneUser[];
  /** PEM of the authority that must have signed kubelets' serving certificates. Left out: they are not checked. */
  readonly kubeletCertificateAuthority?: string;
  /** Port of the API server. Default: a free one. */
  readonly port?: number;
  /** Whether Deployments, Jobs, leases and garbage have their controllers. Default true. */
  readonly controllerManager?: boolean;
  /** Whether pods are bound to nodes. Default true. */
  readonly scheduler?: boolean;
  /** Command line arguments added to the end of the usual ones. */
  readonly extraArguments?: {
    readonly apiServer?: readonly string[];
    readonly controllerManager?: readonly string[];
    readonly scheduler?: readonly string[];
  };
  readonly signal?: AbortSignal;
}

/** A running Kubernetes control plane on loopback. */
export interface ControlPlane extends AsyncDisposable {
  /** URL of the API server, `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** Authority that signed the API server's serving certificate. */
  readonly caPem: string;
  /** Authority that signed the certificate with which the API server comes to kubelets (and every client certificate). */
  readonly clientCaPem: string;
  /** The processes it consists of, by the names of their programs. */
  readonly processes: readonly Pick<RunningProcess, "name" | "pid">[];
  /** Folder with certificates and logs; gone after {@link stop}. */
  readonly folder: string;
  /** Path of the kubeconfig of `admin`. */
  readonly adminKubeconfig: string;
  /** Path of the kubeconfig of a user with a token. Throws for users that are not known. */
  kubeconfigPath(user: string): string;
  /** Bearer token of a user. Throws for users that are not known. */
  token(user: string): string;
  /** Writes a kubeconfig with a client certificate for any user and groups, and returns its path. */
  issueKubeconfig(user: string, groups?: readonly string[]): Promise<string>;
  /** Runs kubectl, as `admin` unless told otherwise; a non-zero exit code does not reject. */
  kubectl(
    args: readonly string[],
    options?: { readonly user?: string; readonly input?: string; readonly signal?: AbortSignal },
  ): Promise<CommandResult>;
  /** The program and the variables with which `kubectl` runs, for whoever starts it otherwise. */
  kubectlProgram(user?: string): { readonly command: string; readonly env: NodeJS.ProcessEnv };
  /** What can be done to its API server and its storage while everything else goes on. */
  readonly faults: ControlPlaneFaults;
  /** Stops the processes and removes the folder. */
  stop(): Promise<void>;
}

/**
 * Starts etcd, kube-apiserver, kube-controller-manager and kube-scheduler, in 5 to 10 seconds.
 * Rejects when the commands are neither on PATH nor in the cache (nothing is built here), or when one does not get ready.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const release = options.release ?? "newest";
  const commands = await findKubernetesCommands(release);
  if (commands === undefined) {
    const state = await kubernetesPeers[release].find();
    throw new Error(`start a control plane: ${state.found ? "commands are missing" : state.reason}`);
  }
  const [etcd = 0, etcdPeer = 0, server = 0, controllerManager = 0, scheduler = 0] = await freePorts(5);
  const port = options.port ?? server;
  const url = `https://127.0.0.1:${port}`;
  const files = await writeControlPlaneFiles({
    folder: await mkdtemp(join(tmpdir(), "vkubelet-control-plane-")),
    server: url,
    users: [{ name: "admin", groups: ["system:masters"] }, { name: "nobody" }, ...(options.users ?? [])],
    kubeletCertificateAuthority: options.kubeletCertificateAuthority,
  });
  const context: ProcessContext = { commands, files, signal: options.signal };
  const kubeconfig = known(files.kubeconfigs, "admin");
  const extra = options.extraArguments ?? {};
  const running: Pick<RunningProcess, "name" | "pid" | "stop">[] = [];
  let apiServer: RestartableProcess;
  try {
    running.push(await startEtcd(context, { client: etcd, peer: etcdPeer }));
    apiServer = await RestartableProcess.start(() =>
      startApiServer(context, { server: port, etcd }, extra.apiServer ?? []),
    );
    running.push(apiServer);
    const components: Promise<RunningProcess>[] = [];
    if (options.controllerManager ?? true) {
      components.push(
        startControllerManager(context, controllerManager, kubeconfig, extra.controllerManager ?? []),
      );
    }
    if (options.scheduler ?? true) {
      components.push(startScheduler(context, scheduler, kubeconfig, extra.scheduler ?? []));
    }
    const outcomes = await Promise.allSettled(components);
    running.push(...outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : [])));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    if (options.controllerManager ?? true) await waitForServiceAccount(url, files, options.signal);
  } catch (error) {
    await stopAll(running);
    throw error;
  }
  const faults = controlPlaneFaults(apiServer, etcd);
  return controlPlane(url, commands.kubectl, files, faults, running, async () => {
    await stopAll(running);
    await rm(files.folder, { recursive: true, force: true });
  });
}

function controlPlane(
  server: string,
  kubectl: string,
  files: ControlPlaneFiles,
  faults: ControlPlaneFaults,
  processes: ControlPlane["processes"],
  stop: () => Promise<void>,
): ControlPlane {
  const { serverAuthority, clientAuthority, folder } = files;
  const kubectlProgram = (user = "admin") => ({
    command: kubectl,
    env: {
      ...process.env,
      KUBECONFIG: known(files.kubeconfigs, user),
      KUBECACHEDIR: join(folder, "kubectl"),
    },
  });
  return {
    ...{ server, processes },
    caPem: serverAuthority.certificatePem,
    clientCaPem: clientAuthority.certificatePem,
    folder,
    adminKubeconfig: known(files.kubeconfigs, "admin"),
    kubeconfigPath: (user) => known(files.kubeconfigs, user),
    token: (user) => known(files.tokens, user),
    async issueKubeconfig(user, groups = []) {
      const certificate = await clientAuthority.issue({
        commonName: user,
        organizations: groups,
        usages: ["client"],
      });
      const path = join(folder, `issued-${kubeconfigFileName(user)}`);
      const text = renderKubeconfig({
        server,
        caPem: serverAuthority.certificatePem,
        user,
        credential: { certificate },
      });
      await writeFile(path, text, { mode: 0o600 });
      return path;
    },
    kubectl(args, { user, ...options } = {}) {
      const { command, env } = kubectlProgram(user);
      return runCommand(command, args, { ...options, env });
    },
    kubectlProgram,
    faults,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Admission refuses pods in `default` until the controllers have made its service account. */
async function waitForServiceAccount(
  server: string,
  files: ControlPlaneFiles,
  signal: AbortSignal | undefined,
): Promise<void> {
  const timeout = AbortSignal.timeout(60_000);
  const both = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
  const url = `${server}/api/v1/namespaces/default/serviceaccounts/default`;
  const caPem = files.serverAuthority.certificatePem;
  while (!(await answersOk(url, { caPem, token: known(files.tokens, "admin"), signal: both }))) {
    await delay(50, undefined, { signal: both });
  }
}

/** The API server is stopped before the etcd below it, so that its last writes do not fail. */
async function stopAll(running: Pick<RunningProcess, "stop">[]): Promise<void> {
  for (let next = running.pop(); next !== undefined; next = running.pop()) await next.stop();
}

function known(byUser: ReadonlyMap<string, string>, user: string): string {
  const value = byUser.get(user);
  if (value === undefined) {
    throw new Error(
      `find user ${user}: the control plane knows ${[...byUser.keys()].join(", ")}; name it in "users"`,
    );
  }
  return value;
}
