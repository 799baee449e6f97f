import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

const lifeMillis = 30 * 24 * 3600 * 1000;

/** Signed-in browsers. Only hashes are kept, so a copy of the state signs nobody in. */
export interface SignIns {
  /** A new secret for a cookie. */
  create(now: number): { token: string; maxAgeSeconds: number };
  isValid(token: string, now: number): boolean;
}

export function openSignIns(database: DatabaseSync): SignIns {
  const insert = database.prepare("INSERT INTO sign_in VALUES (?, ?)");
  const find = database.prepare("SELECT expires_at FROM sign_in WHERE token_hash = ?");
  const dropExpired = database.prepare("DELETE FROM sign_in WHERE expires_at < ?");
  return {
    create(now) {
      dropExpired.run(now);
      const token = randomBytes(32).toString("base64url");
      insert.run(hashOf(token), now + lifeMillis);
      return { token, maxAgeSeconds: lifeMillis / 1000 };
    },
    isValid(token, now) {
      const row = find.get(hashOf(token)) as { expires_at: number } | undefined;
      return row !== undefined && row.expires_at > now;
    },
  };
}

function hashOf(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
