import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const validity = { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2120-01-01T00:00:00Z") };

export interface TestPair {
  readonly key: string;
  readonly certificate: string;
}

/** A certificate authority that lives for one test. */
export interface TestAuthority {
  readonly certificate: string;
  /** A client certificate for a user and its groups. */
  issue(user: string, groups: readonly string[]): Promise<TestPair>;
}

export async function createTestAuthority(): Promise<TestAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=test-ca",
    ...validity,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    certificate: authority.toString("pem"),
    issue: async (user, groups) => {
      const client = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: "02",
        subject: [{ CN: [user] }, ...groups.map((group) => ({ O: [group] }))],
        issuer: authority.subject,
        ...validity,
        publicKey: client.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
      });
      const key = await webcrypto.subtle.exportKey("pkcs8", client.privateKey);
      return { key: x509.PemConverter.encode(key, "PRIVATE KEY"), certificate: certificate.toString("pem") };
    },
  };
}
