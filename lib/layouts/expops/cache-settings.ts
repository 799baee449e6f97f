import type { PlainValue } from "../../domain/values.ts";
import { isSet, type Section, section, text, tidySection } from "./config-sections.ts";

/** Where a project keeps its keys and files, as its config says (environment variables may have overruled it). */
export interface CacheSettings {
  /** `local`, `redis`, `gcp`, `memory` or another word as written; `sqlite` is `local`, `firestore` is `gcp`. */
  backend: string;
  /** `path`, `host`, `port`, … as written, without what is secret. */
  options: Record<string, PlainValue>;
  /** Kept apart so that they are never shown. */
  secrets: { password?: string };
  ttlHours: number | null;
  bucket: string | null;
}

/** Reads the cache section in its long and its short old spelling. */
export function readCacheSettings(cache: Section): CacheSettings {
  const word = typeof cache.backend === "string" ? cache.backend : null;
  const { type, password, ...options } = section(cache.backend);
  // In the short old spelling `backend` names the place of files and `kv_backend` that of keys, in memory unless said.
  const backend = text(cache.kv_backend) ?? (word === null ? (text(type) ?? "local") : "memory");
  const ttl = Number(cache.ttl_hours);
  return {
    backend: wordOf(backend),
    options: tidySection(options),
    secrets: isSet(password) ? { password: String(password) } : {},
    ttlHours: isSet(cache.ttl_hours) && Number.isFinite(ttl) ? ttl : null,
    bucket: text(section(cache.object_store).bucket) ?? text(cache.bucket),
  };
}

/** The usual word for a key store, of those that mean the same. */
export function wordOf(keyStore: string): string {
  const word = keyStore.trim().toLowerCase();
  return { sqlite: "local", firestore: "gcp" }[word] ?? word;
}
