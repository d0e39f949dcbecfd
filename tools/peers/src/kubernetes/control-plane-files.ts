import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type KeyedCertificate,
} from "../certificate-authority.ts";
import { renderKubeconfig } from "./kubeconfig.ts";

/** A user that the API server knows by a token. */
export interface ControlPlaneUser {
  /** As RBAC sees it, such as `alice` or `system:node:vk-1`. */
  readonly name: string;
  readonly groups?: readonly string[];
}

/** Everything that is written before the first process starts. */
export interface ControlPlaneFiles {
  readonly folder: string;
  readonly serverAuthority: CertificateAuthority;
  readonly clientAuthority: CertificateAuthority;
  /** User name → path of the kubeconfig. */
  readonly kubeconfigs: ReadonlyMap<string, string>;
  /** User name → bearer token. */
  readonly tokens: ReadonlyMap<string, string>;
  readonly paths: {
    readonly serverCa: string;
    readonly serverCertificate: string;
    readonly serverKey: string;
    readonly clientCa: string;
    readonly clientCaKey: string;
    readonly kubeletClientCertificate: string;
    readonly kubeletClientKey: string;
    readonly serviceAccountPublicKey: string;
    readonly serviceAccountKey: string;
    readonly tokens: string;
    readonly kubeletCa: string | undefined;
  };
}

/** Name of the certificate by which the API server introduces itself to kubelets. */
export const kubeletClientName = "kube-apiserver-kubelet-client";

/** Makes the authorities, certificates, tokens and kubeconfigs of one control plane in `folder`. */
export async function writeControlPlaneFiles(options: {
  readonly folder: string;
  readonly server: string;
  readonly users: readonly ControlPlaneUser[];
  readonly kubeletCertificateAuthority: string | undefined;
}): Promise<ControlPlaneFiles> {
  const { folder } = options;
  await mkdir(folder, { recursive: true });
  const write = async (name: string, text: string) => {
    const path = join(folder, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const [serverAuthority, clientAuthority] = await Promise.all([
    createCertificateAuthority("vkubelet-peers-server"),
    createCertificateAuthority("vkubelet-peers-client"),
  ]);
  const serving = await servingCertificate(serverAuthority);
  const kubeletClient = await clientAuthority.issue({
    commonName: kubeletClientName,
    organizations: ["system:masters"],
    usages: ["client"],
  });
  const serviceAccount = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    // The API server reads EC keys in their traditional form.
    privateKeyEncoding: { type: "sec1", format: "pem" },
  });
  const tokens = new Map(options.users.map((user) => [user.name, randomBytes(16).toString("hex")]));
  const kubeconfigs = new Map<string, string>();
  for (const [user, token] of tokens) {
    const text = renderKubeconfig({
      server: options.server,
      caPem: serverAuthority.certificatePem,
      user,
      credential: { token },
    });
    kubeconfigs.set(user, await write(kubeconfigFileName(user), text));
  }
  const { kubeletCertificateAuthority } = options;
  return {
    folder,
    serverAuthority,
    clientAuthority,
    kubeconfigs,
    tokens,
    paths: {
      serverCa: await write("server-ca.pem", serverAuthority.certificatePem),
      serverCertificate: await write("server.pem", serving.certificatePem),
      serverKey: await write("server-key.pem", serving.keyPem),
      clientCa: await write("client-ca.pem", clientAuthority.certificatePem),
      clientCaKey: await write("client-ca-key.pem", clientAuthority.keyPem),
      kubeletClientCertificate: await write("kubelet-client.pem", kubeletClient.certificatePem),
      kubeletClientKey: await write("kubelet-client-key.pem", kubeletClient.keyPem),
      serviceAccountPublicKey: await write("service-account.pem", serviceAccount.publicKey),
      serviceAccountKey: await write("service-account-key.pem", serviceAccount.privateKey),
      tokens: await write("tokens.csv", tokenFile(options.users, tokens)),
      kubeletCa:
        kubeletCertificateAuthority === undefined
          ? undefined
          : await write("kubelet-ca.pem", kubeletCertificateAuthority),
    },
  };
}

/** File name of a user's kubeconfig: user names hold colons, which some tools refuse in paths. */
export function kubeconfigFileName(user: string): string {
  return `${user.replaceAll(/[^a-zA-Z0-9.-]/g, "_")}.kubeconfig`;
}

function servingCertificate(authority: CertificateAuthority): Promise<KeyedCertificate> {
  return authority.issue({
    commonName: "kube-apiserver",
    dnsNames: ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
    ipAddresses: ["127.0.0.1", "10.96.0.1"],
    usages: ["server"],
  });
}

function tokenFile(users: readonly ControlPlaneUser[], tokens: ReadonlyMap<string, string>): string {
  return users
    .map((user) => {
      const groups =
        user.groups === undefined || user.groups.length === 0 ? "" : `,"${user.groups.join(",")}"`;
      return `${tokens.get(user.name)},${user.name},${user.name}${groups}\n`;
    })
    .join("");
}
