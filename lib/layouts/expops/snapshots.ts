import type { LayoutContext } from "../../contracts/layout.ts";
import type { Millis } from "../../domain/values.ts";
import { readVersionFiles, type VersionFiles } from "./version-files.ts";

const largestSnapshot = 2 * 1024 * 1024;
const mostRead = 8;

/** Copies of config and scripts that were made when a run was seen to begin. What is there is listed again at each `stamp`. */
export interface SnapshotShelf {
  /** `null`: there is no copy. One that is there may still turn out not to have this hash. */
  find(hash: string): Promise<{ seenAt: Millis } | null>;
  /** `null`: gone, or the copy does not have this hash. What was read last is kept: a run asks for its version several times. */
  read(hash: string): Promise<VersionFiles | null>;
  /** Keeps a copy unless there is one; nothing larger than 2 MB. */
  keep(version: VersionFiles): Promise<void>;
  stamp(): Promise<string>;
}

export function openSnapshotShelf(context: LayoutContext): SnapshotShelf {
  let known: Promise<Map<string, Millis>> | null = null;

  function list(): Promise<Map<string, Millis>> {
    known ??= context.snapshots.list().then((all) => new Map(all.map(({ hash, seenAt }) => [hash, seenAt])));
    known.catch(() => {
      known = null;
    });
    return known;
  }

  const lastRead = new Map<string, VersionFiles>();

  async function read(hash: string): Promise<VersionFiles | null> {
    const kept = lastRead.get(hash);
    if (kept) return kept;
    const snapshot = await context.snapshots.read(hash);
    const files = new Map(snapshot?.files.map(({ path, bytes }) => [path, bytes]));
    const version = await readVersionFiles(async (path, most) => files.get(path)?.subarray(0, most) ?? null);
    if (version?.hash !== hash) return null;
    lastRead.set(hash, version);
    const [oldest] = lastRead.keys();
    if (lastRead.size > mostRead && oldest !== undefined) lastRead.delete(oldest);
    return version;
  }

  return {
    async find(hash) {
      const seenAt = (await list()).get(hash);
      return seenAt === undefined ? null : { seenAt };
    },
    read,
    async keep({ hash, files }) {
      if ((await list()).has(hash)) return;
      const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
      if (bytes > largestSnapshot) {
        context.log("warn", "The config and scripts are too large to keep a copy of them for this run.", {
          hash,
          bytes,
          most: largestSnapshot,
        });
        return;
      }
      await context.snapshots.save({ hash, seenAt: context.now(), files });
      known = null;
    },
    async stamp() {
      known = null;
      const hashes = [...(await list()).keys()];
      return `${hashes.length} ${hashes.at(-1) ?? ""}`;
    },
  };
}
