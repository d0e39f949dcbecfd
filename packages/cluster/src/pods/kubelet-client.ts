import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import type { Json, KubeObject } from "../api/objects.ts";
import { StatusError } from "../api/status-error.ts";
import type { KeyPair } from "../pki/certificate-authority.ts";
import { type UpgradeCall, type UpgradedConnection, upgradeAtKubelet } from "./sessions/kubelet-upgrade.ts";

/** In this order the API server looks for an address of a node. */
const addressTypes = ["InternalIP", "ExternalIP", "Hostname"];
const defaultPort = 10_250;

/** Where a node's kubelet listens. @throws StatusError 500 when the node has no address */
export function kubeletAddress(node: KubeObject): { readonly host: string; readonly port: number } {
  const addresses: Json[] = node.status?.addresses ?? [];
  const found = addressTypes
    .map((type) => addresses.find((entry) => entry.type === type))
    .find((entry) => entry?.address);
  if (!found) {
    throw new StatusError(
      500,
      "InternalError",
      `Internal error occurred: no preferred addresses found for node ${node.metadata.name}; known addresses: []`,
    );
  }
  const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port;
  return { host: found.address, port: port > 0 ? port : defaultPort };
}

/**
 * Calls kubelets over HTTPS with the cluster's client certificate. The kubelet's own certificate is not verified, as in an
 * API server without `--kubelet-certificate-authority`.
 */
export class KubeletClient {
  readonly #agent: Agent;
  readonly #identity: KeyPair;

  constructor(identity: KeyPair) {
    this.#identity = identity;
    this.#agent = new Agent({
      key: identity.keyPem,
      cert: identity.certificatePem,
      rejectUnauthorized: false,
      keepAlive: false,
    });
  }

  /** The answer of `GET path` at the node's kubelet, whatever its status code. @throws StatusError 500, 502 */
  get(node: KubeObject, path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { host, port } = kubeletAddress(node);
    return new Promise((resolve, reject) => {
      const call = request({ agent: this.#agent, host, port, path, method: "GET", signal }, resolve);
      call.once("error", (error) => {
        const where = `https://${host}:${port}${path.split("?")[0]}`;
        reject(
          new StatusError(500, "InternalError", `Internal error occurred: Get "${where}": ${error.message}`),
        );
      });
      call.end();
    });
  }

  /** A connection to the node's kubelet with another protocol on it. @throws StatusError 500 */
  upgrade(node: KubeObject, call: UpgradeCall): Promise<UpgradedConnection> {
    return upgradeAtKubelet(kubeletAddress(node), this.#identity, call);
  }

  close(): void {
    this.#agent.destroy();
  }
}
