import { isIPv6 } from "node:net";
import { join } from "node:path";
import type { AccessOptions, ClusterAccess } from "./cluster-access.ts";
import { applyCredentials, type Credentials } from "./credentials.ts";

/** The server as a pod finds it, and the pod's own token, as they are mounted in `folder`. */
export function serviceAccountAccess(host: string, port: string, folder: string): ClusterAccess {
  const credentials: Credentials = {
    insecure: false,
    ca: { file: join(folder, "ca.crt") },
    token: { file: join(folder, "token") },
    certificate: {},
    key: {},
  };
  return {
    getCurrentCluster: () => ({ server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}` }),
    applyToHTTPSOptions: (options: AccessOptions) => applyCredentials(credentials, options),
  };
}
