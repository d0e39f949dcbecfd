import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { type RunningProcess, startProcess } from "../child-process.ts";
import { answersOk } from "../http-ready.ts";
import type { ControlPlaneFiles } from "./control-plane-files.ts";
import type { KubernetesCommands } from "./kubernetes-peer.ts";

/** What every process of a control plane is started with. */
export interface ProcessContext {
  readonly commands: KubernetesCommands;
  readonly files: ControlPlaneFiles;
  readonly signal: AbortSignal | undefined;
}

/** Starts etcd without fsync: nothing here outlives the test run. */
export function startEtcd(
  context: ProcessContext,
  ports: { client: number; peer: number },
): Promise<RunningProcess> {
  const client = `http://127.0.0.1:${ports.client}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  return start(context, "etcd", context.commands.etcd, `${client}/health`, [
    ...["--data-dir", join(context.files.folder, "etcd-data")],
    ...["--listen-client-urls", client, "--advertise-client-urls", client],
    ...[
      "--listen-peer-urls",
      peer,
      "--initial-advertise-peer-urls",
      peer,
      "--initial-cluster",
      `default=${peer}`,
    ],
    ...["--log-level", "warn"],
    "--unsafe-no-fsync",
  ]);
}

/** Starts kube-apiserver on 127.0.0.1. */
export function startApiServer(
  context: ProcessContext,
  ports: { server: number; etcd: number },
  extraArguments: readonly string[],
): Promise<RunningProcess> {
  const { paths } = context.files;
  return start(
    context,
    "kube-apiserver",
    context.commands.apiServer,
    `https://127.0.0.1:${ports.server}/readyz`,
    [
      ...["--etcd-servers", `http://127.0.0.1:${ports.etcd}`],
      ...["--bind-address", "127.0.0.1", "--secure-port", `${ports.server}`],
      ...["--advertise-address", addressOfThisMachine()],
      ...["--service-cluster-ip-range", "10.96.0.0/16"],
      ...["--tls-cert-file", paths.serverCertificate, "--tls-private-key-file", paths.serverKey],
      ...["--client-ca-file", paths.clientCa, "--token-auth-file", paths.tokens],
      ...["--authorization-mode", "Node,RBAC", "--enable-admission-plugins", "NodeRestriction"],
      ...["--service-account-issuer", "https://kubernetes.default.svc.cluster.local"],
      ...["--service-account-key-file", paths.serviceAccountPublicKey],
      ...["--service-account-signing-key-file", paths.serviceAccountKey],
      ...["--kubelet-client-certificate", paths.kubeletClientCertificate],
      ...["--kubelet-client-key", paths.kubeletClientKey],
      ...["--kubelet-preferred-address-types", "InternalIP"],
      ...(paths.kubeletCa === undefined ? [] : ["--kubelet-certificate-authority", paths.kubeletCa]),
      ...extraArguments,
    ],
  );
}

/** Starts kube-controller-manager; its CSR signers sign with the client authority. */
export function startControllerManager(
  context: ProcessContext,
  port: number,
  kubeconfig: string,
  extraArguments: readonly string[],
): Promise<RunningProcess> {
  const { paths } = context.files;
  return start(
    context,
    "kube-controller-manager",
    context.commands.controllerManager,
    `https://127.0.0.1:${port}/healthz`,
    [
      ...componentArguments(context, port, kubeconfig),
      "--use-service-account-credentials",
      ...["--service-account-private-key-file", paths.serviceAccountKey, "--root-ca-file", paths.serverCa],
      ...["--cluster-signing-cert-file", paths.clientCa, "--cluster-signing-key-file", paths.clientCaKey],
      ...extraArguments,
    ],
  );
}

/** Starts kube-scheduler. */
export function startScheduler(
  context: ProcessContext,
  port: number,
  kubeconfig: string,
  extraArguments: readonly string[],
): Promise<RunningProcess> {
  return start(context, "kube-scheduler", context.commands.scheduler, `https://127.0.0.1:${port}/healthz`, [
    ...componentArguments(context, port, kubeconfig),
    ...extraArguments,
  ]);
}

function componentArguments(context: ProcessContext, port: number, kubeconfig: string): string[] {
  const { paths } = context.files;
  return [
    ...["--kubeconfig", kubeconfig],
    ...["--authentication-kubeconfig", kubeconfig, "--authorization-kubeconfig", kubeconfig],
    ...["--bind-address", "127.0.0.1", "--secure-port", `${port}`],
    ...["--tls-cert-file", paths.serverCertificate, "--tls-private-key-file", paths.serverKey],
    "--leader-elect=false",
  ];
}

function start(
  context: ProcessContext,
  name: string,
  command: string,
  health: string,
  args: readonly string[],
): Promise<RunningProcess> {
  const { files, signal } = context;
  return startProcess({
    name,
    command,
    args,
    logFile: join(files.folder, `${name}.log`),
    ready: (signal) => answersOk(health, { caPem: files.serverAuthority.certificatePem, signal }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The API server refuses a loopback address as its own endpoint, even where it listens on loopback only. */
function addressOfThisMachine(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  // A machine without a network gets a documentation address (RFC 5737): nobody connects to it.
  return addresses.find((address) => address.family === "IPv4" && !address.internal)?.address ?? "192.0.2.1";
}
