import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { accessSettings, type ProxySettings } from "../settings/access-schema.ts";
import { createProxyReader, requireProof } from "./proxy-identity.ts";

const proxied = (said: object = {}): ProxySettings =>
  accessSettings.parse({
    proxy: {
      issuer: "https://issuer.test",
      audience: "trialdeck",
      jwks: "keys.json",
      header: "x-forwarded-access-token",
      trusted: ["10.0.0.0/24", "fd00::/8"],
      roles: { grants: [{ value: "lab", role: "operator" }] },
      ...said,
    },
  }).proxy!;

describe("a proxy in front", () => {
  const folder = mkdtempSync(join(tmpdir(), "proxy-"));
  const settings = join(folder, "trialdeck.config.yaml");
  let key: CryptoKey;
  let otherKey: CryptoKey;
  beforeAll(async () => {
    const pair = await generateKeyPair("ES256");
    key = pair.privateKey;
    otherKey = (await generateKeyPair("ES256")).privateKey;
    writeFileSync(join(folder, "keys.json"), JSON.stringify({ keys: [await exportJWK(pair.publicKey)] }));
  });
  const sign = (said: { issuer?: string; audience?: string; ends?: string; by?: CryptoKey } = {}) =>
    new SignJWT({ email: "ana@lab.test", groups: ["lab", "all"] })
      .setProtectedHeader({ alg: "ES256" })
      .setIssuer(said.issuer ?? "https://issuer.test")
      .setAudience(said.audience ?? "trialdeck")
      .setExpirationTime(said.ends ?? "5 min")
      .sign(said.by ?? key);
  const read = (token: string | null, address: string | null = "10.0.0.7", said: object = {}) =>
    createProxyReader(proxied(said), settings).read(address, (name) =>
      name === "x-forwarded-access-token" ? token : null,
    );

  it("says who asks by a token that verifies", async () => {
    const ana = { name: "ana@lab.test", values: ["lab", "all"] };
    for (const address of ["10.0.0.7", "::ffff:10.0.0.7", "fd00::1"])
      expect(await read(await sign(), address)).toEqual(ana);
    expect(await read(`Bearer ${await sign()}`)).toEqual(ana);
  });

  it("is not heard from another address, whatever it sends", async () => {
    for (const address of ["10.0.1.7", "127.0.0.1", "::1", null]) expect(await read(await sign(), address)).toBeNull();
    expect(await read(null)).toBeNull();
  });

  it("is refused for another issuer, audience or key, after its end, and unsigned", async () => {
    const text = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { iss: "https://issuer.test", aud: "trialdeck", email: "eve", exp: 9_999_999_999 };
    for (const token of [
      await sign({ issuer: "https://evil.test" }),
      await sign({ audience: "another" }),
      await sign({ by: otherKey }),
      await sign({ ends: "1 min ago" }),
      `${text({ alg: "none" })}.${text(claims)}.`,
      `${text({ alg: "HS256" })}.${text(claims)}.AAAA`,
    ])
      await expect(read(token)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("lets the server start only with its addresses and its proof, and says which line is missing", () => {
    requireProof(proxied(), settings);
    for (const [missing, line] of [
      [{ trusted: [] }, "trusted:"],
      [{ issuer: undefined }, "issuer:"],
      [{ audience: undefined }, "audience:"],
      [{ jwks: undefined }, "jwks:"],
    ] as const)
      expect(() => createProxyReader(proxied(missing), settings)).toThrow(
        expect.objectContaining({ code: "forbidden", remedy: expect.stringContaining(line) }),
      );
  });
});
