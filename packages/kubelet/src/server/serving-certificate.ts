import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Clock, Logger } from "@vkubelet/core";
import { createSelfSignedPair } from "./self-signed-pair.ts";

/** A private key and the certificate chain for it, in PEM. */
export interface CertificatePair {
  readonly key: string;
  readonly certificate: string;
}

/** Where the server's certificate comes from. */
export interface CertificateSource {
  /** The pair to begin with. Rejects when there is none: a server without a certificate cannot start. */
  load(): Promise<CertificatePair>;
  /** Calls `apply` with each later pair until the signal aborts; then resolves. Never rejects. */
  follow(apply: (pair: CertificatePair) => void, signal: AbortSignal): Promise<void>;
}

/** Options of {@link certificateFromFiles}. */
export interface CertificateFilesOptions {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds between two looks at the files; 60,000 by default. */
  readonly pollIntervalMs?: number;
}

/**
 * A pair from two PEM files, read again periodically: that sees every way of replacing them, mounted Secrets included.
 * A pair that does not fit together (a replacement half done) is left out, with a warning, until it does.
 */
export function certificateFromFiles(options: CertificateFilesOptions): CertificateSource {
  const { certificateFile, keyFile, clock, logger } = options;
  let current: CertificatePair | undefined;

  const load = async (): Promise<CertificatePair> => {
    const pair = {
      certificate: await readFile(certificateFile, "utf8"),
      key: await readFile(keyFile, "utf8"),
    };
    checkPair(pair, certificateFile, keyFile);
    current = pair;
    return pair;
  };

  return {
    load,
    follow: async (apply, signal) => {
      while (await sleepUnlessAborted(clock, options.pollIntervalMs ?? 60_000, signal)) {
        const before = current;
        try {
          const pair = await load();
          if (pair.certificate === before?.certificate && pair.key === before.key) continue;
          logger.info("serving certificate replaced", { certificateFile });
          apply(pair);
        } catch (error) {
          logger.warn("cannot reload the serving certificate, going on with the former", {
            error: error instanceof Error ? error.message : String(error),
          });
        }
      }
    },
  };
}

function checkPair(pair: CertificatePair, certificateFile: string, keyFile: string): void {
  let fits: boolean;
  try {
    fits = new X509Certificate(pair.certificate).checkPrivateKey(createPrivateKey(pair.key));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot read the serving certificate from ${certificateFile} and ${keyFile}: ${why}`, {
      cause: error,
    });
  }
  if (!fits)
    throw new Error(`the key in ${keyFile} does not belong to the certificate in ${certificateFile}`);
}

/** Options of {@link selfSignedCertificate}. */
export interface SelfSignedOptions {
  readonly nodeName: string;
  /** IP addresses and DNS names of the node; asked for whenever a certificate is made. */
  readonly addresses: () => readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds that a certificate is valid; a year by default. It is replaced after four fifths of that. */
  readonly lifetimeMs?: number;
}

const yearMs = 365 * 24 * 3_600_000;
const addressPollMs = 60_000;

/**
 * A pair made by this process. An API server accepts it only when it was started without
 * `--kubelet-certificate-authority`, which is the default of kubeadm and kind. Made anew when the addresses change.
 */
export function selfSignedCertificate(options: SelfSignedOptions): CertificateSource {
  const { nodeName, clock, logger } = options;
  const lifetimeMs = options.lifetimeMs ?? yearMs;
  let madeFor = "";
  let renewAt = 0;

  const load = async (): Promise<CertificatePair> => {
    const addresses = options.addresses();
    const now = clock.now();
    const pair = await createSelfSignedPair({
      nodeName,
      addresses,
      notBefore: now,
      notAfter: now + lifetimeMs,
    });
    madeFor = JSON.stringify(addresses);
    renewAt = now + lifetimeMs * 0.8;
    return pair;
  };

  return {
    load,
    follow: async (apply, signal) => {
      while (await sleepUnlessAborted(clock, addressPollMs, signal)) {
        try {
          if (clock.now() < renewAt && JSON.stringify(options.addresses()) === madeFor) continue;
          apply(await load());
          logger.info("self-signed serving certificate renewed", { addresses: options.addresses() });
        } catch (error) {
          logger.warn("cannot renew the self-signed serving certificate, trying again", {
            error: error instanceof Error ? error.message : String(error),
          });
        }
      }
    },
  };
}

async function sleepUnlessAborted(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(milliseconds, signal);
    return true;
  } catch {
    // Only the abort rejects a sleep.
    return false;
  }
}
