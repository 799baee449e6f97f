import type { BlobDriver, Revision, VersionedBlobDriver } from "../../../contracts/driver.ts";
import { openMemoryBlobDriver } from "../../../drivers/memory/memory-blob-driver.ts";

export interface MemoryRevision extends Revision {
  files: Map<string, string | Uint8Array>;
  /** Paths that this revision changed. */
  touched: readonly string[];
}

/** A history over plain maps, newest first, that counts how many revisions were opened. */
export async function openMemoryHistory(
  history: MemoryRevision[],
): Promise<VersionedBlobDriver & { opened: string[] }> {
  const opened: string[] = [];
  const openAt = (revision: MemoryRevision | undefined): Promise<BlobDriver> =>
    openMemoryBlobDriver({ files: revision?.files ?? new Map() });
  const newest = await openMemoryBlobDriver({ files: new Map() });
  return {
    ...newest,
    opened,
    read: async (path, range) => (await openAt(history[0])).read(path, range),
    stat: async (path) => (await openAt(history[0])).stat(path),
    async revisions({ paths, cursor, limit = 100 }) {
      const touching = history.filter(
        ({ touched }) =>
          !paths || touched.some((path) => paths.some((wanted) => path === wanted || path.startsWith(`${wanted}/`))),
      );
      const from = cursor === null ? 0 : Number(cursor);
      const items = touching.slice(from, from + limit).map(({ id, at, title }) => ({ id, at, title }));
      return { items, cursor: from + limit < touching.length ? String(from + limit) : null };
    },
    async at(id) {
      opened.push(id);
      return openAt(history.find((revision) => revision.id === id));
    },
  };
}
