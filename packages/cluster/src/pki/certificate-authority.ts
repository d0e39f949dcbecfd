import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as never);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 86_400_000;

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** What a leaf certificate is for. */
export interface LeafRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly usage: "server" | "client";
}

function escapeName(value: string): string {
  return value.replace(/[,+"\\<>;=]/g, "\\$&");
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

function randomSerial(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString("hex");
}

/** A certificate authority in memory: it lives as long as the cluster and signs its certificates. */
export class CertificateAuthority {
  readonly #certificate: x509.X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #now: number;

  private constructor(certificate: x509.X509Certificate, keys: webcrypto.CryptoKeyPair, now: number) {
    this.#certificate = certificate;
    this.#keys = keys;
    this.#now = now;
  }

  /** @param now milliseconds since the Unix epoch, from which the certificates are valid (with a day's slack) */
  static async create(commonName: string, now: number): Promise<CertificateAuthority> {
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
      "sign",
      "verify",
    ])) as webcrypto.CryptoKeyPair;
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: randomSerial(),
      name: `CN=${escapeName(commonName)}`,
      notBefore: new Date(now - dayMs),
      notAfter: new Date(now + 3650 * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
      ],
    });
    return new CertificateAuthority(certificate, keys, now);
  }

  /** The authority's own certificate. */
  get pem(): string {
    return `${this.#certificate.toString("pem")}\n`;
  }

  /** A fresh key with a certificate for it. */
  async issue(request: LeafRequest): Promise<KeyPair> {
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
      "sign",
      "verify",
    ])) as webcrypto.CryptoKeyPair;
    const usage =
      request.usage === "server" ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
    const names: x509.JsonGeneralNames = [
      ...(request.dnsNames ?? []).map((value) => ({ type: "dns" as const, value })),
      ...(request.ipAddresses ?? []).map((value) => ({ type: "ip" as const, value })),
    ];
    const certificate = await this.#sign(keys.publicKey, subjectOf(request), usage, names);
    return {
      certificatePem: `${certificate.toString("pem")}\n`,
      keyPem: `${await exportKey(keys.privateKey)}\n`,
    };
  }

  /**
   * Signs a PKCS#10 request (PEM) with the subject and the names it asks for; whoever calls has checked that they may be
   * asked for. @throws Error when the request is malformed or its signature is wrong
   */
  async signRequest(requestPem: string, usage: LeafRequest["usage"]): Promise<string> {
    const request = new x509.Pkcs10CertificateRequest(requestPem);
    if (!(await request.verify())) throw new Error("the signature of the certificate request is wrong");
    const names = requestedNames(request);
    const purpose = usage === "server" ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
    const certificate = await this.#sign(await request.publicKey.export(), request.subject, purpose, names);
    return `${certificate.toString("pem")}\n`;
  }

  #sign(
    publicKey: webcrypto.CryptoKey,
    subject: string,
    usage: string,
    names: x509.JsonGeneralNames,
  ): Promise<x509.X509Certificate> {
    return x509.X509CertificateGenerator.create({
      serialNumber: randomSerial(),
      subject,
      issuer: this.#certificate.subject,
      notBefore: new Date(this.#now - dayMs),
      notAfter: new Date(this.#now + 365 * dayMs),
      signingKey: this.#keys.privateKey,
      signingAlgorithm: algorithm,
      publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    });
  }
}

function requestedNames(request: x509.Pkcs10CertificateRequest): x509.JsonGeneralNames {
  const extension = request.extensions.find((entry) => entry instanceof x509.SubjectAlternativeNameExtension);
  return extension instanceof x509.SubjectAlternativeNameExtension ? extension.names.toJSON() : [];
}

function subjectOf(request: LeafRequest): string {
  const organizations = (request.organizations ?? []).map((value) => `O=${escapeName(value)}`);
  return [`CN=${escapeName(request.commonName)}`, ...organizations].join(",");
}
