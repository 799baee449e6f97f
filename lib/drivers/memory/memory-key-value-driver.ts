import { createHash } from "node:crypto";
import { serialize } from "node:v8";
import type { ChangeSignal, KeyValue, KeyValueDriver } from "../../contracts/driver.ts";
import { memoryChanges } from "./memory-changes.ts";

export type MemoryValue =
  | string
  | Uint8Array
  /** A hash. */
  | Map<string, string | Uint8Array>
  /** A value with an expiry (epoch ms), or of a type that the contract does not know, by its name. */
  | { value: string | Uint8Array | Map<string, string | Uint8Array>; expiresAt: number | null }
  | { otherType: string };

export interface MemoryKeyValueOptions {
  /** Key → value. The map is read as it stands at each question, so a test may change it. */
  values: Map<string, MemoryValue>;
  /** Gives it `changes`. */
  mayChange?: boolean;
}

/** A key-value driver over a plain map, with ways to send what a real store would send by itself. */
export interface MemoryKeyValueDriver extends KeyValueDriver {
  announce(keys: string[] | null): void;
  publish(channel: string, message: string): void;
}

let opened = 0;

/** Opens a map as a key-value store: for tests of layouts and for the contract suite. Keys are text only. */
export async function openMemoryKeyValueDriver(options: MemoryKeyValueOptions): Promise<MemoryKeyValueDriver> {
  const identity = `memory:${++opened}`;
  const keyWatchers = new Set<{ prefix: string; onChange: (signal: ChangeSignal) => void }>();
  const listeners = new Set<{ pattern: RegExp; onMessage: (channel: string, message: string) => void }>();
  const announce = (keys: string[] | null) => {
    for (const { prefix, onChange } of keyWatchers) {
      const below = keys?.filter((key) => key.startsWith(prefix)) ?? null;
      if (below === null || below.length > 0) onChange({ keys: below });
    }
  };
  const changes = memoryChanges({
    find(key) {
      const stored = options.values.get(key);
      const found = stored === undefined ? null : keyValueOf(stored, Number.POSITIVE_INFINITY);
      if (stored === undefined || found === null) return null;
      const value = typeof stored === "object" && "value" in stored ? stored.value : stored;
      const token = createHash("sha1").update(serialize(value)).digest("base64url");
      return { token, expiresAt: found.expiresAt, value };
    },
    remove(key) {
      options.values.delete(key);
      announce([key]);
    },
    create(key, value: Exclude<MemoryValue, { value: unknown }>, expiresAt) {
      const isMortal = expiresAt !== null && (typeof value === "string" || !("otherType" in value));
      options.values.set(key, isMortal ? { value, expiresAt } : value);
      announce([key]);
    },
    storedAs: (content) => ("text" in content ? content.text : ""),
    ends: true,
  });

  return {
    kind: "key-value",
    engine: "memory",
    location: identity,
    identity: async () => identity,
    ...(options.mayChange && { changes }),
    async scan({ prefix, cursor, count = 500 }) {
      const all = [...options.values.keys()].sort();
      const after = all.filter((key) => cursor === null || key > cursor);
      const seen = after.slice(0, count);
      const keys = seen.filter((key) => key.startsWith(prefix)).map((text) => ({ text, bytes: Buffer.from(text) }));
      return { keys, cursor: after.length > count ? (seen.at(-1) ?? null) : null };
    },
    async read(keys, { maxBytes = Number.POSITIVE_INFINITY } = {}) {
      return keys.map((key) => {
        const name = typeof key === "string" ? key : key.text;
        const stored = name === null ? undefined : options.values.get(name);
        return stored === undefined ? null : keyValueOf(stored, maxBytes);
      });
    },
    async watchKeys(prefix, onChange) {
      const watcher = { prefix, onChange };
      keyWatchers.add(watcher);
      return async () => void keyWatchers.delete(watcher);
    },
    async watchChannel(channel, onMessage) {
      const listener = { pattern: channelPattern(channel), onMessage };
      listeners.add(listener);
      return async () => void listeners.delete(listener);
    },
    size: async () => options.values.size,
    announce,
    publish(channel, message) {
      for (const { pattern, onMessage } of listeners) if (pattern.test(channel)) onMessage(channel, message);
    },
    async close() {
      keyWatchers.clear();
      listeners.clear();
    },
  };
}

function keyValueOf(stored: MemoryValue, maxBytes: number): KeyValue | null {
  if (typeof stored === "object" && "otherType" in stored)
    return { type: "other", name: stored.otherType, expiresAt: null };
  const { value, expiresAt } =
    typeof stored === "object" && "value" in stored ? stored : { value: stored, expiresAt: null };
  if (expiresAt !== null && expiresAt <= Date.now()) return null;
  if (value instanceof Map) {
    const fields = new Map([...value].map(([name, field]) => [name, bytesOf(field)] as const));
    return { type: "hash", fields, expiresAt };
  }
  const bytes = bytesOf(value);
  return { type: "string", bytes: bytes.subarray(0, maxBytes), length: bytes.length, expiresAt };
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? Buffer.from(value) : value;
}

/** Redis' channel pattern with `*` and `?`, which is all that is asked of the memory driver. */
function channelPattern(channel: string): RegExp {
  const escaped = channel.replace(/[\\^$.+()[\]{}|]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
