import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

const lifeMillis = 30 * 24 * 3600 * 1000;
/** Looks of a browser are noted this often at most. */
const seenMillis = 60_000;

/** Who signed in, and by what. What they may do is found by the settings at each request. */
export type SignedIn =
  | { how: "local" }
  /** `hash`: of the very token, so that another of the same name is another. */
  | { how: "token"; name: string; hash: string }
  | { how: "oidc"; name: string; values: string[] };

export interface SignIn {
  id: string;
  who: SignedIn;
  at: number;
  seenAt: number;
  expiresAt: number;
}

/** Signed-in browsers. Only hashes are kept, so a copy of the state signs nobody in. */
export interface SignIns {
  /** A new secret for a cookie. */
  create(who: SignedIn, now: number): { token: string; maxAgeSeconds: number };
  find(token: string, now: number): SignIn | null;
  /** Newest first. */
  list(now: number): SignIn[];
  remove(id: string): void;
}

interface Row {
  token_hash: Uint8Array;
  expires_at: number;
  who: string;
  at: number;
  seen_at: number;
}

export function openSignIns(database: DatabaseSync): SignIns {
  const insert = database.prepare(
    "INSERT INTO sign_in (token_hash, expires_at, who, at, seen_at) VALUES (?, ?, ?, ?, ?)",
  );
  const find = database.prepare("SELECT * FROM sign_in WHERE token_hash = ? AND expires_at > ?");
  const all = database.prepare("SELECT * FROM sign_in WHERE expires_at > ? ORDER BY at DESC LIMIT 1000");
  const see = database.prepare("UPDATE sign_in SET seen_at = ? WHERE token_hash = ?");
  const dropExpired = database.prepare("DELETE FROM sign_in WHERE expires_at < ?");
  const remove = database.prepare("DELETE FROM sign_in WHERE token_hash = ?");
  return {
    create(who, now) {
      dropExpired.run(now);
      const token = randomBytes(32).toString("base64url");
      insert.run(hashOf(token), now + lifeMillis, JSON.stringify(who), now, now);
      return { token, maxAgeSeconds: lifeMillis / 1000 };
    },
    find(token, now) {
      const row = find.get(hashOf(token), now) as unknown as Row | undefined;
      if (!row) return null;
      if (now - row.seen_at >= seenMillis) see.run(now, row.token_hash);
      return signInOf(row);
    },
    list: (now) => (all.all(now) as unknown as Row[]).map(signInOf),
    remove: (id) => void remove.run(Buffer.from(id, "hex")),
  };
}

/** The hash of the secret is the id: it opens nothing. */
function signInOf({ token_hash, expires_at: expiresAt, who, at, seen_at: seenAt }: Row): SignIn {
  return { id: Buffer.from(token_hash).toString("hex"), who: JSON.parse(who) as SignedIn, at, seenAt, expiresAt };
}

function hashOf(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
