import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { findFreePort, type RedisServer, startRedis } from "../../contracts/testing/redis-server.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import { openRedisDriver, type RedisOptions } from "./redis-driver.ts";

/** A certificate for `name` that signs itself. */
function makeCertificate(folder: string, name: string): { key: string; certificate: string } {
  const key = join(folder, `${name}.key`);
  const certificate = join(folder, `${name}.crt`);
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  execFileSync("openssl", ["req", ...kind, "-keyout", key, "-out", certificate, ...subject], { stdio: "pipe" });
  return { key, certificate };
}

/** Signs a certificate again, for a day that has passed. */
function letExpire({ key, certificate }: { key: string; certificate: string }): void {
  const files = ["-in", certificate, "-signkey", key, "-out", certificate];
  execFileSync("openssl", ["x509", ...files, "-days", "-1"], { stdio: "pipe" });
}

async function startTlsRedis(files: { key: string; certificate: string }): Promise<RedisServer & { tlsUrl: string }> {
  const tlsPort = await findFreePort();
  const server = await startRedis({
    args: [
      "--tls-port",
      String(tlsPort),
      "--tls-cert-file",
      files.certificate,
      "--tls-key-file",
      files.key,
      "--tls-auth-clients",
      "no",
    ],
  });
  return { ...server, tlsUrl: `rediss://localhost:${tlsPort}` };
}

async function sizeOf(options: RedisOptions): Promise<number> {
  const driver = await openRedisDriver(options);
  try {
    return await driver.size();
  } finally {
    await driver.close();
  }
}

describe.skipIf(!isEngineWanted("redis"))("redis over TLS", () => {
  const removals: (() => Promise<void>)[] = [];
  let server: Awaited<ReturnType<typeof startTlsRedis>>;
  let folder: string;
  let ca: string;
  beforeAll(async () => {
    folder = await makeScratchFolder((remove) => removals.push(remove));
    const files = makeCertificate(folder, "localhost");
    ca = await readFile(files.certificate, "utf8");
    server = await startTlsRedis(files);
  });
  afterAll(async () => {
    await server?.stop();
    for (const remove of removals) await remove();
  });

  it("trusts the authority that the settings name", async () => {
    expect(await sizeOf({ url: server.tlsUrl, tls: { ca } })).toBe(0);
  });

  it("trusts the authority in the file that the settings name, whatever the address says of TLS", async () => {
    const caFile = join(folder, "localhost.crt");
    const url = server.tlsUrl.replace("rediss:", "redis:");
    expect(await sizeOf({ url, tls: { caFile } })).toBe(0);
    await expect(sizeOf({ url, tls: { caFile: join(folder, "none.crt") } })).rejects.toMatchObject({
      code: "bad_request",
      remedy: expect.stringContaining("caFile"),
    });
  });

  it("does not trust another", async () => {
    await expect(sizeOf({ url: server.tlsUrl })).rejects.toMatchObject({
      code: "source_unavailable",
      message: expect.stringContaining("certificate is not trusted"),
      remedy: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
  });

  it("does not take a certificate for another name", async () => {
    await expect(sizeOf({ url: server.tlsUrl, tls: { ca, servername: "example.org" } })).rejects.toMatchObject({
      message: expect.stringContaining("for another name"),
    });
  });

  it("does not take a certificate that has expired", async () => {
    const files = makeCertificate(folder, "expired");
    letExpire(files);
    const expired = await startTlsRedis(files);
    const options = { ca: await readFile(files.certificate, "utf8"), servername: "expired" };
    await expect(sizeOf({ url: expired.tlsUrl, tls: options })).rejects.toMatchObject({
      message: expect.stringContaining("has expired"),
    });
    await expired.stop();
  });

  it("says that a port does not speak TLS, and that one speaks nothing else", async () => {
    const plainUrl = server.url.replace("redis:", "rediss:");
    await expect(sizeOf({ url: plainUrl, timeoutMs: 500 })).rejects.toMatchObject({
      code: "source_timeout",
      remedy: expect.stringContaining("redis://"),
    });
    await expect(sizeOf({ url: server.tlsUrl.replace("rediss:", "redis:") })).rejects.toMatchObject({
      code: "source_unavailable",
      remedy: expect.stringContaining("rediss://"),
    });
  });
});
