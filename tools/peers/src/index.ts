export {
  buildGoCommands,
  type FoundCommands,
  findGoCommands,
  type GoBuild,
  goBuildObstacle,
} from "./build-go.ts";
export { peerFolder, peersCacheFolder } from "./cache.ts";
export { logTail, type RunningProcess, type StartProcessOptions, startProcess } from "./child-process.ts";
export { findOnPath, isExecutable } from "./find-on-path.ts";
export { freePort, freePorts } from "./free-port.ts";
export { withLockFile } from "./lock-file.ts";
export type { Peer, PeerState } from "./peer.ts";
export { type CommandResult, type RunCommandOptions, runChecked, runCommand } from "./run-command.ts";
