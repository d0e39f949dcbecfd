export type { AwsServer, AwsServerOptions } from "./aws/aws-server.ts";
export { localbatchPeer, localbatchQueue, startLocalbatch } from "./aws/localbatch.ts";
export { ministackPeer, startMinistack } from "./aws/ministack.ts";
export { motoPeer, startMoto } from "./aws/moto.ts";
export {
  buildGoCommands,
  type FoundCommands,
  findGoCommands,
  type GoBuild,
  goBuildObstacle,
} from "./build-go.ts";
export { peerFolder, peersCacheFolder } from "./cache.ts";
export {
  type CertificateAuthority,
  type CertificateRequest,
  createCertificateAuthority,
  type KeyedCertificate,
} from "./certificate-authority.ts";
export { logTail, type RunningProcess, type StartProcessOptions, startProcess } from "./child-process.ts";
export { chromiumPeer, findChromium } from "./chromium.ts";
export { findBusybox, makeBusyboxRoot } from "./docker/busybox.ts";
export { type DockerEngine, startDockerEngine } from "./docker/docker-engine.ts";
export { dockerPeer } from "./docker/docker-peer.ts";
export { findOnPath, isExecutable } from "./find-on-path.ts";
export { freePort, freePorts } from "./free-port.ts";
export { answersOk } from "./http-ready.ts";
export {
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from "./kubernetes/control-plane.ts";
export type { ControlPlaneFaults } from "./kubernetes/control-plane-faults.ts";
export { type ControlPlaneUser, kubeletClientName } from "./kubernetes/control-plane-files.ts";
export {
  findKubernetesCommands,
  type KubernetesRelease,
  kubernetesPeer,
  kubernetesVersion,
  oldestKubernetesPeer,
  oldestKubernetesVersion,
} from "./kubernetes/kubernetes-peer.ts";
export { kwokStages } from "./kubernetes/kwok-stages.ts";
export { findOracleCommand, oraclePeer } from "./kubernetes/oracle-peer.ts";
export { withLockFile } from "./lock-file.ts";
export { type NomadAgent, type NomadAgentOptions, nomadPeer, startNomad } from "./nomad.ts";
export type { Peer, PeerState } from "./peer.ts";
export { peerOrSkip, peersRequired, peersVariable, skipsFileVariable } from "./peer-or-skip.ts";
export { type PeerName, peers } from "./registry.ts";
export { type CommandResult, type RunCommandOptions, runChecked, runCommand } from "./run-command.ts";
export { bunPeer, denoPeer, findRuntime } from "./runtimes.ts";
