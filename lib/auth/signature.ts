import { createHmac, timingSafeEqual } from "node:crypto";

const lifeMillis = 5 * 60_000;

export interface ContentSigner {
  /** `?expires=…&signature=…` for one artifact, good for five minutes. */
  sign(source: string, artifact: string): string;
  isValid(source: string, artifact: string, query: { expires: number; signature: string }): boolean;
}

/** Signs addresses of artifact bytes, so that a sandboxed frame can load them without a cookie. */
export function createContentSigner(key: Uint8Array, now: () => number): ContentSigner {
  const digest = (source: string, artifact: string, expires: number) =>
    createHmac("sha256", key)
      .update(JSON.stringify([source, artifact, expires]))
      .digest();
  return {
    sign(source, artifact) {
      // Rounded, so that an address stays the same for a while and browsers can cache by it.
      const expires = Math.ceil((now() + lifeMillis) / 60_000) * 60_000;
      return `?expires=${expires}&signature=${digest(source, artifact, expires).toString("base64url")}`;
    },
    isValid(source, artifact, { expires, signature }) {
      if (!(expires > now()) || expires > now() + lifeMillis + 60_000) return false;
      const given = Buffer.from(signature, "base64url");
      const expected = digest(source, artifact, expires);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}
