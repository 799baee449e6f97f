import { createHash } from "node:crypto";

/** Mulberry32: small and the same each time. Answers numbers in [0, 1). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** 64 hex digits that stand for a hash. */
export function hashOf(...parts: (string | number)[]): string {
  return createHash("sha256").update(parts.join("/")).digest("hex");
}
