import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSelfSignedPair } from "./self-signed-pair.ts";
import { type CertificatePair, certificateFromFiles, selfSignedCertificate } from "./serving-certificate.ts";

const notBefore = Date.parse("2026-01-01T00:00:00Z");
const makePair = (nodeName: string) =>
  createSelfSignedPair({ nodeName, addresses: [], notBefore, notAfter: notBefore + 1e9 });

/** Lets file reads and key generation finish, until `condition` holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve));
}

describe("self-signed certificate", () => {
  it("names the node and all its addresses, for an hour before and the time asked for", async () => {
    const pair = await createSelfSignedPair({
      nodeName: "node-1",
      addresses: ["10.0.0.1", "fd00::1", "node-1.example"],
      notBefore,
      notAfter: notBefore + 86_400_000,
    });
    const certificate = new X509Certificate(pair.certificate);
    expect(certificate.subject).toBe("O=system:nodes\nCN=system:node:node-1");
    for (const address of ["10.0.0.1", "fd00::1"]) expect(certificate.checkIP(address)).toBeDefined();
    for (const name of ["node-1", "node-1.example"]) expect(certificate.checkHost(name)).toBe(name);
    expect(certificate.checkHost("other")).toBeUndefined();
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect([certificate.validFromDate, certificate.validToDate]).toEqual([
      new Date("2025-12-31T23:00:00Z"),
      new Date("2026-01-02T00:00:00Z"),
    ]);
  });

  it("is made anew when addresses change, and after four fifths of its life", async () => {
    const clock = new FakeClock(notBefore);
    let addresses = ["10.0.0.1"];
    const source = selfSignedCertificate({
      nodeName: "n",
      addresses: () => addresses,
      clock,
      logger: silentLogger,
      lifetimeMs: 3_600_000,
    });
    await source.load();
    const applied: X509Certificate[] = [];
    const controller = new AbortController();
    const ended = source.follow(
      (pair) => void applied.push(new X509Certificate(pair.certificate)),
      controller.signal,
    );
    await clock.advance(120_000);
    expect(applied).toHaveLength(0);
    addresses = ["10.0.0.2"];
    await clock.advance(60_000);
    await until(() => applied.length === 1 && clock.sleeping === 1);
    expect(applied[0]?.checkIP("10.0.0.2")).toBeDefined();
    await clock.advance(2_879_999);
    expect(applied).toHaveLength(1);
    await clock.advance(1);
    await until(() => applied.length === 2);
    controller.abort();
    await ended;
  });
});

describe("certificate from files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "vkubelet-certificate-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const files = () => ({ certificateFile: join(folder, "tls.crt"), keyFile: join(folder, "tls.key") });

  async function write(certificate: CertificatePair, key: CertificatePair): Promise<void> {
    await writeFile(files().certificateFile, certificate.certificate);
    await writeFile(files().keyFile, key.key);
  }

  it("is reloaded on change, and only as a pair that fits", async () => {
    const [first, second] = [await makePair("first"), await makePair("second")];
    await write(first, first);
    const clock = new FakeClock();
    let warnings = 0;
    const logger = { ...silentLogger, warn: () => void warnings++ };
    const source = certificateFromFiles({ ...files(), clock, logger, pollIntervalMs: 1_000 });
    expect(await source.load()).toEqual(first);
    const applied: CertificatePair[] = [];
    const controller = new AbortController();
    const ended = source.follow((pair) => void applied.push(pair), controller.signal);
    const look = async () => {
      await clock.advance(1_000);
      await until(() => clock.sleeping === 1);
    };
    await look();
    expect([applied.length, warnings]).toEqual([0, 0]);
    await write(second, first);
    await look();
    expect([applied.length, warnings]).toEqual([0, 1]);
    await write(second, second);
    await look();
    expect(applied).toEqual([second]);
    await rm(files().keyFile);
    await look();
    expect([applied.length, warnings]).toEqual([1, 2]);
    controller.abort();
    await ended;
  });

  it("fails the start with the file and the reason", async () => {
    const source = certificateFromFiles({ ...files(), clock: new FakeClock(), logger: silentLogger });
    await expect(source.load()).rejects.toThrow(/ENOENT.*tls\.crt/);
    const [first, second] = [await makePair("first"), await makePair("second")];
    await write(first, second);
    await expect(source.load()).rejects.toThrow(/key in .*tls\.key does not belong to the certificate/);
    await write({ ...first, certificate: "garbage" }, first);
    await expect(source.load()).rejects.toThrow(/cannot read the serving certificate from .*tls\.crt/);
  });
});
