import { type PythonPackage, pythonCommand, pythonPeer } from "../python-peer.ts";
import { type AwsServer, type AwsServerOptions, startAwsServer } from "./aws-server.ts";

const python: PythonPackage = {
  name: "moto",
  version: "5.2.5",
  extras: ["server", "ecs", "batch", "logs", "secretsmanager", "ssm", "sqs", "ec2", "iam"],
};

/** moto, the mock of most AWS services. */
export const motoPeer = pythonPeer(python);

/** Starts moto's server. With an engine its Batch jobs are containers; without one they fail soon after SubmitJob. */
export function startMoto(options: AwsServerOptions = {}): Promise<AwsServer> {
  return startAwsServer(motoPeer, options, {
    command: pythonCommand(python, "moto_server"),
    args: (port) => ["-H", "127.0.0.1", "-p", `${port}`],
    // moto tells containers its own port.
    env: (port) => ({ MOTO_PORT: `${port}` }),
    readyPath: "/moto-api/data.json",
  });
}
