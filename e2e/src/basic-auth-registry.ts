import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A registry of one image, which asks for a name and a password. */
export interface BasicAuthRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`, which docker speaks to without TLS. */
  readonly host: string;
  /** How many manifests were asked for without the right password, and how many with it. */
  readonly asked: { refused: number; granted: number };
}

interface Blob {
  readonly type: string;
  readonly bytes: Buffer;
}

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";
const configType = "application/vnd.docker.container.image.v1+json";
const layerType = "application/vnd.docker.image.rootfs.diff.tar";

/** Serves an image with the files of a tar archive, under every name and tag, by the read half of the registry's API. */
export async function startBasicAuthRegistry(
  archive: string,
  login: { readonly username: string; readonly password: string },
): Promise<BasicAuthRegistry> {
  const { manifest, blobs } = imageOf(await readFile(archive));
  const expected = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
  const asked = { refused: 0, granted: 0 };
  const server = createServer((request, response) => {
    const granted = request.headers.authorization === expected;
    if (request.url?.includes("/manifests/")) asked[granted ? "granted" : "refused"] += 1;
    if (!granted) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="registry"' }).end();
      return;
    }
    answer(request, response, manifest, blobs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(
  { url = "", method }: IncomingMessage,
  response: ServerResponse,
  manifest: Blob,
  blobs: ReadonlyMap<string, Blob>,
): void {
  const [, kind, reference = ""] = /\/(manifests|blobs)\/([^/]+)$/.exec(url) ?? [];
  const found = kind === "manifests" ? manifest : blobs.get(reference);
  if (url === "/v2/") response.writeHead(200).end();
  else if (found === undefined) response.writeHead(404).end();
  else {
    response.writeHead(200, {
      "content-type": found.type,
      "content-length": found.bytes.length,
      "docker-content-digest": digestOf(found.bytes),
    });
    response.end(method === "HEAD" ? undefined : found.bytes);
  }
}

function imageOf(layer: Buffer): { readonly manifest: Blob; readonly blobs: ReadonlyMap<string, Blob> } {
  const config = {
    architecture: process.arch === "arm64" ? "arm64" : "amd64",
    os: "linux",
    config: { Env: ["PATH=/bin"], Cmd: ["/bin/sh"] },
    rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
  };
  const parts = [
    { type: configType, bytes: Buffer.from(JSON.stringify(config)) },
    { type: layerType, bytes: layer },
  ] as const;
  const described = parts.map(({ type, bytes }) => ({
    mediaType: type,
    size: bytes.length,
    digest: digestOf(bytes),
  }));
  const [configPart, ...layers] = described;
  const manifest = { schemaVersion: 2, mediaType: manifestType, config: configPart, layers };
  return {
    manifest: { type: manifestType, bytes: Buffer.from(JSON.stringify(manifest)) },
    blobs: new Map(parts.map((part) => [digestOf(part.bytes), part])),
  };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
