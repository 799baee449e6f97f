import { createHash } from "node:crypto";

/**
 * The version hash that ExpOps (0.1.25 and later) names folders by: SHA-256 over the hex digests of the config and of the
 * scripts. `scripts`: bytes by key under `scripts:`; a script that is not there counts as empty; `null`: the config has no
 * `scripts:` section, or cannot be read. Source: docs/layouts/expops.md, "What the store does not hold" (proven on real runs).
 */
export function hashVersion(config: Uint8Array, scripts: ReadonlyMap<string, Uint8Array> | null): string {
  const configHash = sha256(config);
  return sha256(scripts ? configHash + hashScripts(scripts) : configHash);
}

function hashScripts(scripts: ReadonlyMap<string, Uint8Array>): string {
  const leaves = [...scripts]
    .map(([key, bytes]) => ({ key: Buffer.from(key), bytes }))
    // Python sorts text by code points, which is the order of the UTF-8 bytes (JavaScript's own order is by UTF-16 units).
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ key, bytes }) => sha256(key, bytes));
  return sha256(leaves.join(""));
}

function sha256(...parts: (string | Uint8Array)[]): string {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest("hex");
}

/** A version hash as it stands in folder names. */
export function isVersionHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
