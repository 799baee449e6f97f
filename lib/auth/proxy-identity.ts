import { readFileSync } from "node:fs";
import { BlockList, isIPv6 } from "node:net";
import { dirname, resolve } from "node:path";
import { createLocalJWKSet, createRemoteJWKSet, type JWTVerifyGetKey, jwtVerify } from "jose";
import { AppError } from "../domain/errors.ts";
import type { ProxySettings } from "../settings/access-schema.ts";
import { claimValues } from "./granting.ts";

/** Signatures by a private key only: a shared secret or none at all proves nothing here. */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

export interface ProxyIdentity {
  name: string;
  values: string[];
}

export interface ProxyReader {
  /** Whether a proxy in front says who asks; `null`: it says nothing. Throws `unauthenticated` for what does not verify. */
  read(address: string | null, header: (name: string) => string | null): Promise<ProxyIdentity | null>;
}

/** Throws `forbidden` with the line to add, where a proxy would be believed without proof. */
export function requireProof({ issuer, audience, jwks, trusted }: ProxySettings, path: string): void {
  const missing = [
    ...(trusted.length === 0 ? ['trusted: ["10.0.0.7/32"]   # where the proxy connects from'] : []),
    ...(issuer === undefined ? ["issuer: https://issuer.example   # who signs its tokens"] : []),
    ...(audience === undefined ? ["audience: trialdeck   # whom they are for"] : []),
    ...(jwks === undefined ? ["jwks: https://issuer.example/jwks.json   # the keys that they are signed with"] : []),
  ];
  if (missing.length === 0) return;
  throw new AppError("forbidden", `${path}: access.proxy would believe anyone who sends its header.`, {
    remedy: `Add below access.proxy:\n${missing.map((line) => `    ${line}`).join("\n")}`,
  });
}

/** Reads who a trusted proxy says is asking: only from its own addresses, and only with a token that verifies. */
export function createProxyReader(settings: ProxySettings, settingsPath: string): ProxyReader {
  requireProof(settings, settingsPath);
  const { issuer, audience, jwks = "", header: headerName, trusted, name, roles } = settings;
  const addresses = new BlockList();
  for (const cidr of trusted) {
    const [network = "", prefix] = cidr.split("/");
    addresses.addSubnet(network, Number(prefix), isIPv6(network) ? "ipv6" : "ipv4");
  }
  const isTrusted = (address: string | null) => {
    if (address === null) return false;
    const plain = address.replace(/^::ffff:(?=\d+\.)/, "");
    return addresses.check(plain, isIPv6(plain) ? "ipv6" : "ipv4");
  };
  const keys = openKeys(jwks, settingsPath);
  return {
    async read(address, header) {
      const token = header(headerName.toLowerCase())?.replace(/^Bearer /i, "");
      if (!token || !isTrusted(address) || token.split(".").length !== 3) return null;
      try {
        const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms, requiredClaims: ["exp"] });
        const [told] = claimValues(payload, name);
        const who = told ?? payload.sub;
        if (who !== undefined) return { name: who, values: claimValues(payload, roles.claim) };
      } catch (cause) {
        throw new AppError("unauthenticated", "What the proxy says of who you are does not verify.", {
          remedy: "Sign in at the proxy again; its clock, issuer and audience must be those of access.proxy.",
          cause,
        });
      }
      throw new AppError("unauthenticated", "The proxy does not say who you are.", {
        remedy: `Its token needs the claim ${name}, or sub.`,
      });
    },
  };
}

function openKeys(jwks: string, settingsPath: string): JWTVerifyGetKey {
  if (/^https?:\/\//.test(jwks)) return createRemoteJWKSet(new URL(jwks), { timeoutDuration: 3_000 });
  const path = resolve(dirname(settingsPath), jwks);
  try {
    return createLocalJWKSet(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new AppError("forbidden", `The keys of access.proxy cannot be read from ${path}.`, {
      remedy: "Name a file that holds a JSON Web Key Set, or its https:// address.",
      cause,
    });
  }
}
