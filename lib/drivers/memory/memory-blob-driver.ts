import { createHash } from "node:crypto";
import type { BlobDriver, BlobStat, ChangeSignal } from "../../contracts/driver.ts";
import { byPath, clampRange, splitBlobPath, splitBlobPrefix } from "../blob-path.ts";
import { memoryChanges } from "./memory-changes.ts";

export interface MemoryBlobOptions {
  /** Path → content. The map is read as it stands at each question, so a test may change it. */
  files: Map<string, string | Uint8Array>;
  /** The engine that it stands for. */
  engine?: string;
  /** The object store that it stands for. */
  bucket?: string;
  /** Gives it `changes`. */
  mayChange?: boolean;
}

/** A blob driver over a plain map, with a way to tell watchers that it changed. */
export interface MemoryBlobDriver extends BlobDriver {
  announce(paths: string[] | null): void;
}

let opened = 0;

/** Opens a map as a blob store: for tests of layouts and for the contract suite. */
export async function openMemoryBlobDriver(options: MemoryBlobOptions): Promise<MemoryBlobDriver> {
  const identity = `memory:${++opened}`;
  const watchers = new Set<(signal: ChangeSignal) => void>();
  const bytesOf = (path: string) => {
    const content = options.files.get(path);
    return typeof content === "string" ? Buffer.from(content) : (content ?? null);
  };
  const statOf = (path: string): BlobStat | null => {
    const bytes = bytesOf(path);
    if (bytes === null) return null;
    const token = createHash("sha1").update(bytes).digest("base64url");
    return { path, bytes: bytes.length, modifiedAt: null, token };
  };
  const pathsBelow = (prefix: string) => {
    const segments = splitBlobPrefix("memory", prefix);
    const start = segments && segments.length > 0 ? `${segments.join("/")}/` : "";
    const paths = segments === null ? [] : [...options.files.keys()].filter((path) => path.startsWith(start));
    return { start, paths };
  };

  const announce = (paths: string[] | null) => {
    for (const onChange of watchers) onChange({ keys: paths });
  };
  const changes = memoryChanges({
    find(path) {
      const [stat, value] = [statOf(path), bytesOf(path)];
      return stat && value && { token: stat.token, expiresAt: null, value };
    },
    remove(path) {
      options.files.delete(path);
      announce([path]);
    },
    create(path, value) {
      options.files.set(path, value);
      announce([path]);
    },
  });

  return {
    kind: "blob",
    engine: options.engine ?? "memory",
    location: identity,
    ...(options.bucket !== undefined && { bucket: options.bucket }),
    identity: async () => identity,
    ...(options.mayChange && { changes }),
    async list({ prefix, cursor, limit = 1_000 }) {
      const after = pathsBelow(prefix).paths.filter((path) => cursor === null || path > cursor);
      const items = after
        .map(statOf)
        .filter((item) => item !== null)
        .sort(byPath);
      const page = items.slice(0, limit);
      return { items: page, cursor: items.length > limit ? (page.at(-1)?.path ?? null) : null };
    },
    async folders(prefix) {
      const { start, paths } = pathsBelow(prefix);
      const below = paths.map((path) => path.slice(start.length)).filter((path) => path.includes("/"));
      return [...new Set(below.map((path) => path.slice(0, path.indexOf("/"))))].sort();
    },
    async stat(path) {
      return splitBlobPath("memory", path) && statOf(path);
    },
    async read(path, range) {
      const bytes = splitBlobPath("memory", path) && bytesOf(path);
      if (!bytes) return null;
      const { offset, length } = clampRange("memory", bytes.length, range);
      return bytes.subarray(offset, offset + length);
    },
    async watch(_prefix, onChange) {
      watchers.add(onChange);
      return async () => void watchers.delete(onChange);
    },
    announce,
    async close() {
      watchers.clear();
    },
  };
}
