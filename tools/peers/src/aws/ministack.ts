import { type PythonPackage, pythonCommand, pythonPeer } from "../python-peer.ts";
import { type AwsServer, type AwsServerOptions, startAwsServer } from "./aws-server.ts";

const python: PythonPackage = {
  name: "ministack",
  version: "1.5.33",
  // Without this client library its ECS tasks silently have no containers; its "full" extra brings databases too.
  requirements: ["docker==7.2.0"],
};

/** ministack, whose ECS tasks are real containers. */
export const ministackPeer = pythonPeer(python);

/** Starts ministack. Without an engine its ECS tasks have no containers. */
export function startMinistack(options: AwsServerOptions = {}): Promise<AwsServer> {
  return startAwsServer(ministackPeer, options, {
    command: pythonCommand(python, "ministack"),
    args: () => [],
    env: (port) => ({
      BIND_HOST: "127.0.0.1",
      GATEWAY_PORT: `${port}`,
      // Otherwise it also listens on the fixed port 8883.
      IOT_MTLS_ENABLED: "0",
    }),
    readyPath: "/_ministack/ready",
  });
}
