import type {
  DocumentChange,
  DocumentDriver,
  DocumentWatch,
  StopWatching,
  StoredDocument,
} from "../../contracts/driver.ts";
import type { PlainValue } from "../../domain/values.ts";
import { memoryChanges } from "./memory-changes.ts";

/** A document driver over a plain map, and the ways to change it. */
export interface MemoryDocumentDriver extends DocumentDriver {
  put(path: string, fields: Record<string, PlainValue>): void;
  remove(path: string): void;
}

type Watcher = DocumentWatch & { collection: string; after: { field: string; value: number } | undefined };

let opened = 0;

/** Documents in memory by path: for tests of layouts and for the contract suite. */
export async function openMemoryDocumentDriver(
  stored: Record<string, Record<string, PlainValue>> = {},
  options: { mayChange?: boolean } = {},
): Promise<MemoryDocumentDriver> {
  const identity = `memory:${++opened}`;
  const documents = new Map<string, StoredDocument>();
  const watchers = new Set<Watcher>();
  let writes = 0;
  let used = 0;

  const read = <Found extends readonly unknown[]>(found: Found): Found => {
    used += found.length;
    return found;
  };
  const below = (collection: string) =>
    [...documents.values()]
      .filter(({ path, id }) => path === `${collection}/${id}`)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  const isFollowed = ({ fields }: StoredDocument, { after }: Watcher) => {
    const value = after && fields[after.field];
    return !after || (typeof value === "number" && value > after.value);
  };

  function tell(path: string, changeFor: (watcher: Watcher) => DocumentChange[]): void {
    for (const watcher of watchers) {
      if (path.slice(0, path.lastIndexOf("/")) !== watcher.collection) continue;
      const changes = changeFor(watcher);
      if (changes.length > 0) watcher.onChanges(changes);
    }
  }

  function put(path: string, fields: Record<string, PlainValue>): void {
    writes += 1;
    const id = path.slice(path.lastIndexOf("/") + 1);
    const document = { path, id, fields, updatedAt: writes, token: String(writes) };
    documents.set(path, document);
    tell(path, (watcher) => (isFollowed(document, watcher) ? [{ kind: "put", document }] : []));
  }

  function remove(path: string): void {
    const before = documents.get(path);
    documents.delete(path);
    if (before) tell(path, (watcher) => (isFollowed(before, watcher) ? [{ kind: "gone", path }] : []));
  }

  for (const [path, fields] of Object.entries(stored)) put(path, fields);

  const changes = memoryChanges({
    find(path) {
      const document = documents.get(path);
      return document ? { token: document.token, expiresAt: null, value: document.fields } : null;
    },
    remove,
    create: put,
    storedAs: (content) => ("fields" in content ? content.fields : {}),
  });

  const driver: MemoryDocumentDriver = {
    kind: "document",
    engine: "memory",
    location: identity,
    identity: async () => identity,
    ...(options.mayChange && { changes }),
    async collections(document) {
      const start = document === "" ? "" : `${document}/`;
      const inside = [...documents.keys()].filter((path) => path.startsWith(start));
      return [...new Set(inside.map((path) => path.slice(start.length).split("/")[0] ?? ""))].sort();
    },
    async ids({ collection, cursor, limit = 1_000 }) {
      const start = `${collection}/`;
      const inside = [...documents.keys()].filter((path) => path.startsWith(start));
      const ids = [...new Set(inside.map((path) => path.slice(start.length).split("/")[0] ?? ""))].sort();
      const rest = ids.filter((id) => cursor === null || id > cursor);
      return { ids: read(rest.slice(0, limit)), cursor: rest.length > limit ? (rest[limit - 1] ?? null) : null };
    },
    async list({ collection, cursor, limit = 1_000, fields, orderBy }) {
      const all = orderBy ? inOrder(below(collection), orderBy) : below(collection);
      const start = cursor === null ? 0 : Number(cursor);
      const items = all.slice(start, start + limit).map((document) => masked(document, fields));
      return { items: read(items), cursor: start + limit < all.length ? String(start + limit) : null };
    },
    async get(paths, { fields } = {}) {
      return read(
        paths.map((path) => {
          const found = documents.get(path);
          return found ? masked(found, fields) : null;
        }),
      );
    },
    forPerson: () => driver,
    count: async (collection) => below(collection).length,
    async watch(collection, watch, { after } = {}): Promise<StopWatching> {
      const watcher = { ...watch, collection, after };
      watchers.add(watcher);
      const present = below(collection).filter((document) => isFollowed(document, watcher));
      watch.onChanges(read(present).map((document) => ({ kind: "put", document })));
      return async () => void watchers.delete(watcher);
    },
    budget: () => ({ read: used, used, most: Number.POSITIVE_INFINITY, freeAt: null }),
    put,
    remove,
    async close() {
      watchers.clear();
    },
  };
  return driver;
}

function masked(document: StoredDocument, fields: readonly string[] | undefined): StoredDocument {
  if (!fields) return document;
  const kept = fields.flatMap((name) => {
    const value = document.fields[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...document, fields: Object.fromEntries(kept) };
}

function inOrder(
  documents: readonly StoredDocument[],
  { field, descending, after }: { field: string; descending: boolean; after?: number | string },
): StoredDocument[] {
  const fieldOf = ({ fields }: StoredDocument) => fields[field] as number | string;
  const ordered = documents
    .filter(({ fields }) => fields[field] !== undefined)
    .filter((document) => after === undefined || (descending ? fieldOf(document) < after : fieldOf(document) > after))
    .sort((a, b) => (fieldOf(a) < fieldOf(b) ? -1 : 1));
  return descending ? ordered.reverse() : ordered;
}
