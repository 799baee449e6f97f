import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { findFreePort, type RedisServer, startRedis } from "../../contracts/testing/redis-server.ts";
import { firstFailure, runChecks } from "../../contracts/testing/run-checks.ts";
import { makeScratchFolder } from "../../contracts/testing/scratch-folder.ts";
import { checkRedis } from "./check-redis.ts";
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

/** Signs a certificate again, for so many days from now; less than none: it has expired. */
function letEnd({ key, certificate }: { key: string; certificate: string }, days: number): void {
  const files = ["-in", certificate, "-signkey", key, "-out", certificate];
  execFileSync("openssl", ["x509", ...files, "-days", String(days)], { stdio: "pipe" });
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
    letEnd(files, -1);
    const expired = await startTlsRedis(files);
    const options = { ca: await readFile(files.certificate, "utf8"), servername: "expired" };
    await expect(sizeOf({ url: expired.tlsUrl, tls: options })).rejects.toMatchObject({
      message: expect.stringContaining("has expired"),
    });
    await expired.stop();
  });

  describe("as the check sees it", () => {
    const look = (url: string, tls?: RedisOptions["tls"]) =>
      runChecks(checkRedis({ url, ...(tls && { tls }), mayChange: false, prefix: "", channels: [], timeoutMs: 1_000 }));

    it("is well, and says how long the certificate is good", async () => {
      const found = await look(server.tlsUrl, { ca });
      expect(found["redis.connect"]).toMatchObject({
        verdict: "pass",
        message: expect.stringMatching(/good for \d+ days/),
      });
      expect(found["redis.sign-in"]).toMatchObject({ verdict: "pass" });
    });

    it.each([
      ["an authority that nobody trusts", undefined, "certificate is not trusted", "NODE_EXTRA_CA_CERTS"],
      ["a certificate for another name", "example.org", "for another name", "Use the name"],
    ])("fails with %s where it is reached", async (_what, servername, words, remedy) => {
      const found = await look(server.tlsUrl, servername === undefined ? undefined : { ca, servername });
      expect(firstFailure(found)).toMatchObject({
        id: "redis.connect",
        message: expect.stringContaining(words),
        remedy: expect.stringContaining(remedy),
      });
    });

    it.each([
      ["fails with a certificate that has expired", -1, { verdict: "fail", message: /has expired/ }],
      ["warns of one that ends soon", 5, { verdict: "warn", message: /ends in [45] days/ }],
    ])("%s", async (_what, days, { verdict, message }) => {
      const files = makeCertificate(folder, `ends${days}`);
      letEnd(files, days);
      const ending = await startTlsRedis(files);
      const options = { ca: await readFile(files.certificate, "utf8"), servername: `ends${days}` };
      const found = await look(ending.tlsUrl, options);
      await ending.stop();
      expect(found["redis.connect"]).toMatchObject({
        verdict,
        message: expect.stringMatching(message),
        remedy: expect.stringContaining("Renew the certificate"),
      });
    });
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
