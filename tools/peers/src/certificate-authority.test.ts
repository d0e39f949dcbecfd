import { createPrivateKey, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createCertificateAuthority } from "./certificate-authority.ts";

describe("createCertificateAuthority", () => {
  it("issues certificates that verify against it and against no other", async () => {
    const authority = await createCertificateAuthority("authority");
    const other = await createCertificateAuthority("other");
    const issued = await authority.issue({
      commonName: "system:node:vk-1",
      organizations: ["system:nodes", "more"],
      dnsNames: ["localhost"],
      ipAddresses: ["127.0.0.1"],
      usages: ["server", "client"],
    });
    const certificate = new X509Certificate(issued.certificatePem);
    expect(certificate.verify(new X509Certificate(authority.certificatePem).publicKey)).toBe(true);
    expect(certificate.verify(new X509Certificate(other.certificatePem).publicKey)).toBe(false);
    expect(certificate.checkPrivateKey(createPrivateKey(issued.keyPem))).toBe(true);
    expect(certificate.subject).toBe("O=system:nodes\nO=more\nCN=system:node:vk-1");
    expect(certificate.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1");
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
    expect(certificate.ca).toBe(false);
    expect(new X509Certificate(authority.certificatePem).ca).toBe(true);
  });
});
