import { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import type { CertificatePair } from "./serving-certificate.ts";

/** What a self-signed certificate says. */
export interface SelfSignedPairOptions {
  readonly nodeName: string;
  /** IP addresses and DNS names. */
  readonly addresses: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** Clocks of the API server and of this machine may differ. */
const clockSkewMs = 3_600_000;

/** A new ECDSA key with a certificate for the node, in the shape of a kubelet's serving certificate. */
export async function createSelfSignedPair(options: SelfSignedPairOptions): Promise<CertificatePair> {
  // The decorators of x509 need this first. Both are loaded late: who brings certificate files pays nothing.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const names = [...new Set([options.nodeName, ...options.addresses])];
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString("hex"),
    name: [{ O: ["system:nodes"] }, { CN: [`system:node:${options.nodeName}`] }],
    notBefore: new Date(options.notBefore - clockSkewMs),
    notAfter: new Date(options.notAfter),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) ? "ip" : "dns", value: name })),
      ),
    ],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const lines = key.match(/.{1,64}/g) ?? [];
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`,
    certificate: `${certificate.toString("pem")}\n`,
  };
}
