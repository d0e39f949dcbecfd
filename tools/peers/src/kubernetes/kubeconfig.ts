import type { KeyedCertificate } from "../certificate-authority.ts";

/** How a client proves who it is. */
export type KubeconfigCredential = { readonly token: string } | { readonly certificate: KeyedCertificate };

/** A kubeconfig with one cluster, one user and one context, everything inline. JSON is YAML, so no writer is needed. */
export function renderKubeconfig(options: {
  readonly server: string;
  readonly caPem: string;
  readonly user: string;
  readonly credential: KubeconfigCredential;
}): string {
  const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
  const { credential } = options;
  const user =
    "token" in credential
      ? { token: credential.token }
      : {
          "client-certificate-data": base64(credential.certificate.certificatePem),
          "client-key-data": base64(credential.certificate.keyPem),
        };
  const document = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "peers",
        cluster: { server: options.server, "certificate-authority-data": base64(options.caPem) },
      },
    ],
    users: [{ name: options.user, user }],
    contexts: [{ name: options.user, context: { cluster: "peers", user: options.user } }],
    "current-context": options.user,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
