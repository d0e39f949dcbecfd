import { readFile } from "node:fs/promises";
import type { AccessOptions } from "./cluster-access.ts";

/** Where a certificate, a key or a token comes from: a file is read again each time. */
export interface Source {
  readonly file?: string;
  readonly data?: Buffer;
}

/** What a request shows one server, and by what it knows that. */
export interface Credentials {
  readonly insecure: boolean;
  readonly serverName?: string | undefined;
  readonly ca: Source;
  readonly certificate: Source;
  readonly key: Source;
  readonly token: Source;
  readonly basic?: string | undefined;
}

/** Sets what the credentials say in the options of a request. */
export async function applyCredentials(credentials: Credentials, options: AccessOptions): Promise<void> {
  const [ca, cert, key, token] = await Promise.all(
    [credentials.ca, credentials.certificate, credentials.key, credentials.token].map(read),
  );
  if (credentials.insecure) options.rejectUnauthorized = false;
  if (credentials.serverName !== undefined) options.servername = credentials.serverName;
  if (credentials.basic !== undefined) options.auth = credentials.basic;
  if (ca !== undefined) options.ca = ca;
  if (cert !== undefined) options.cert = cert;
  if (key !== undefined) options.key = key;
  const bearer = token?.toString().trim() ?? "";
  if (bearer !== "") options.headers = { ...options.headers, Authorization: `Bearer ${bearer}` };
}

async function read({ file, data }: Source): Promise<Buffer | undefined> {
  return file === undefined ? data : readFile(file);
}
