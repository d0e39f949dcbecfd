import { type PythonPackage, pythonCommand, pythonPeer } from "../python-peer.ts";
import { type AwsServer, type AwsServerOptions, startAwsServer } from "./aws-server.ts";

const python: PythonPackage = { name: "localbatch", version: "0.4.0" };

/** Name of the job queue that {@link startLocalbatch} has from the start. */
export const localbatchQueue = "localbatch-default";

/** localbatch, whose Batch jobs are real containers. */
export const localbatchPeer = pythonPeer(python);

/** Starts localbatch. Without an engine every job fails. */
export function startLocalbatch(options: AwsServerOptions = {}): Promise<AwsServer> {
  return startAwsServer(localbatchPeer, options, {
    command: pythonCommand(python, "python"),
    args: (port) => [
      "-m",
      "localbatch",
      "--host",
      "127.0.0.1",
      "--port",
      `${port}`,
      "--queue",
      localbatchQueue,
    ],
    readyPath: "/health",
  });
}
