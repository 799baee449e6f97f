import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { TokenSettings } from "../settings/access-schema.ts";

/**
 * A token is 256 random bits, so that a plain SHA-256 of it cannot be turned back: a slow hash guards what people choose, and would cost each request
 * what nobody can guess.
 */
export function makeToken(): { token: string; hash: string } {
  const token = `td_${randomBytes(32).toString("base64url")}`;
  return { token, hash: hashToken(token) };
}

export function hashToken(token: string): string {
  return `sha256:${createHash("sha256").update(token).digest("hex")}`;
}

/** The line for `access.tokens` of the settings file. */
export function describeToken(name: string, hash: string): string {
  return `    - { name: ${JSON.stringify(name)}, hash: "${hash}", role: viewer }`;
}

/** The token of the list that this is, whether or not it has run out. Each is compared, in constant time. */
export function findToken(tokens: readonly TokenSettings[], given: string): TokenSettings | null {
  const hash = hashToken(given);
  let found: TokenSettings | null = null;
  for (const token of tokens) if (isSame(token.hash, hash)) found = token;
  return found;
}

/** Good through the whole of the day that is named, UTC. */
export function hasExpired({ expires }: Pick<TokenSettings, "expires">, now: number): boolean {
  if (expires === undefined) return false;
  const end = /^\d{4}-\d\d-\d\d$/.test(expires) ? Date.parse(expires) + 24 * 3600_000 : Date.parse(expires);
  return now >= end;
}

/** Compares in constant time, whatever the lengths. */
export function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
