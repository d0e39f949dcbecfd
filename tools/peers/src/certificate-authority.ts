import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

const keyAlgorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" } as const;
const hour = 3_600_000;

/** A certificate and its private key, both as PEM (PKCS #8 for the key). */
export interface KeyedCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** What {@link CertificateAuthority.issue} certifies. */
export interface CertificateRequest {
  readonly commonName: string;
  /** Kubernetes reads these as the groups of a client. */
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly usages: readonly ("client" | "server")[];
}

/** A certificate authority that lives for one test run: 24 hours, ECDSA P-256. */
export interface CertificateAuthority extends KeyedCertificate {
  issue(request: CertificateRequest): Promise<KeyedCertificate>;
}

/** Makes a self-signed authority. */
export async function createCertificateAuthority(commonName: string): Promise<CertificateAuthority> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [commonName] }],
      keys,
      signingAlgorithm,
      serialNumber: serialNumber(),
      ...validity(),
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  );
  return {
    certificatePem: `${certificate.toString("pem")}\n`,
    keyPem: await privateKeyPem(keys.privateKey),
    async issue(request) {
      const subjectKeys = await newKeys();
      const issued = await X509CertificateGenerator.create(
        {
          subject: [
            ...(request.organizations ?? []).map((organization) => ({ O: [organization] })),
            { CN: [request.commonName] },
          ],
          issuer: certificate.subjectName,
          publicKey: subjectKeys.publicKey,
          signingKey: keys.privateKey,
          signingAlgorithm,
          serialNumber: serialNumber(),
          ...validity(),
          extensions: leafExtensions(request),
        },
        webcrypto,
      );
      return {
        certificatePem: `${issued.toString("pem")}\n`,
        keyPem: await privateKeyPem(subjectKeys.privateKey),
      };
    },
  };
}

function leafExtensions(request: CertificateRequest): Extension[] {
  const names = [
    ...(request.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(request.ipAddresses ?? []).map((value) => ({ type: "ip" as const, value })),
  ];
  const usages = request.usages.map((usage) =>
    usage === "client" ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth,
  );
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(usages),
    ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)]),
  ];
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, [
    "sign",
    "verify",
  ]) as Promise<webcrypto.CryptoKeyPair>;
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - hour), notAfter: new Date(now + 24 * hour) };
}

function serialNumber(): string {
  // A serial number is positive: the first hexadecimal digit keeps the sign bit clear.
  return `1${randomBytes(15).toString("hex").slice(1)}`;
}
