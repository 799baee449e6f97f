import type { DocumentSnapshot, Query, Timestamp } from "@google-cloud/firestore";
import type { DocumentDriver, DocumentPage, StoredDocument } from "../../contracts/driver.ts";
import { isCollectionPath, isDocumentPath, isFieldName } from "./document-path.ts";
import { firestoreChanges } from "./firestore-changes.ts";
import { openFirestoreConnection } from "./firestore-connection.ts";
import { type FirestorePlaceOptions, parseFirestorePlace } from "./firestore-place.ts";
import { badCursor, readCursor, writeCursor } from "./page-cursor.ts";
import { storedDocument, timeOf } from "./plain-values.ts";
import { createReadBudget } from "./read-budget.ts";
import { shareWatches } from "./shared-watches.ts";

export interface FirestoreOptions extends FirestorePlaceOptions {
  /** Most documents read by questions within an hour; 5,000 unless given. */
  readsPerHour?: number;
  /** Milliseconds that opening or one question may take; 5,000 unless given. */
  timeoutMs?: number;
  /** Whether documents may be set aside and put back; only read unless given. */
  mayChange?: boolean;
}

const defaultPage = 300;
const largestPage = 1_000;
/** Index entries that a count may look at for the price of one document. */
const countedForOne = 1_000;
/** Never there: asking for it proves that the database answers. */
const nobody = "trialdeck/nobody";

type ListRequest = Parameters<DocumentDriver["list"]>[0];

/**
 * A Firestore database in native mode, read only save through `changes`. Opening asks once and throws when that fails; later each question fails within the timeout.
 * Sends BatchGetDocuments, RunQuery, RunAggregationQuery, ListDocuments, ListCollectionIds, Listen, and Commit for changes.
 */
export async function openFirestoreDriver(options: FirestoreOptions): Promise<DocumentDriver> {
  const place = parseFirestorePlace(options);
  const connection = await openFirestoreConnection(place, options, options.timeoutMs ?? 5_000);
  const { sdk } = connection;
  const budget = createReadBudget(options.readsPerHour ?? 5_000);
  const watches = shareWatches(connection, budget.add);

  /** Asks a question that reads at most `wanted` documents, or fewer if the budget says so. A question without an answer costs nothing. */
  async function paid<Answer>(
    wanted: number,
    question: (granted: number) => Promise<Answer>,
    costOf: (answer: Answer) => number,
  ): Promise<Answer> {
    const granted = budget.take(wanted);
    let used = 0;
    try {
      const answer = await question(granted);
      used = Math.max(1, costOf(answer));
      return answer;
    } finally {
      budget.settle(granted, used);
    }
  }

  function getSome(paths: readonly string[], fields?: readonly string[]): Promise<DocumentSnapshot[]> {
    return connection.ask((firestore) =>
      firestore.getAll(
        ...paths.map((path) => firestore.doc(path)),
        fields === undefined ? {} : { fieldMask: fields.map((name) => new sdk.FieldPath(name)) },
      ),
    );
  }

  /** By id alone, or by the field and then by id, in one direction: what every collection has an index for. */
  function pageQuery({ collection, cursor, fields, orderBy }: ListRequest): Query {
    const id = sdk.FieldPath.documentId();
    const from = connection.firestore.collection(collection);
    const end = cursor === null ? null : readCursor(connection.firestore, sdk, cursor);
    // The value that the next page begins after is needed, whatever is asked for.
    const mask = fields && [...new Set([...fields, ...(orderBy ? [orderBy.field] : [])])];
    const query: Query =
      mask === undefined ? from : from.select(...namesOf(mask).map((name) => new sdk.FieldPath(name)));
    if (orderBy === undefined) {
      const ordered = query.orderBy(id);
      if (end === null) return ordered;
      if ("value" in end) throw badCursor();
      return ordered.startAfter(end.id);
    }
    const direction = orderBy.descending ? "desc" : "asc";
    const ordered = query.orderBy(new sdk.FieldPath(orderBy.field), direction).orderBy(id, direction);
    if (end === null) return orderBy.after === undefined ? ordered : ordered.startAfter(startOf(orderBy.after));
    if (!("value" in end)) throw badCursor();
    return ordered.startAfter(end.value, end.id);
  }

  /** A time is given in the spelling in which it is answered. */
  function startOf(after: number | string): number | string | Timestamp {
    return typeof after === "string" ? (timeOf(sdk, after) ?? after) : after;
  }

  async function list(request: ListRequest): Promise<DocumentPage> {
    const { collection, fields, orderBy } = request;
    if (!isCollectionPath(collection) || (orderBy && !isFieldName(orderBy.field))) return { items: [], cursor: null };
    const query = pageQuery(request);
    const { answer, granted } = await paid(
      pageSize(request.limit),
      async (most) => ({ answer: await connection.ask(() => query.limit(most).get()), granted: most }),
      (page) => page.answer.size,
    );
    const last = answer.size < granted ? undefined : answer.docs.at(-1);
    return {
      items: answer.docs.map((document) => storedDocument(sdk, document, fields)),
      cursor: last === undefined ? null : writeCursor(sdk, endOf(last, orderBy?.field)),
    };
  }

  function endOf(last: DocumentSnapshot, field: string | undefined) {
    return field === undefined ? { id: last.id } : { id: last.id, value: last.get(new sdk.FieldPath(field)) };
  }

  const changes = firestoreChanges(connection, paid, budget.add);

  try {
    budget.settle(0, 1);
    await getSome([nobody]);
  } catch (error) {
    await connection.close();
    throw error;
  }

  return {
    kind: "document",
    engine: "firestore",
    location: place.location,
    identity: async () => place.location,
    async collections(document) {
      if (document !== "" && !isDocumentPath(document)) return [];
      const found = await paid(
        1,
        () =>
          connection.ask((firestore) =>
            document === "" ? firestore.listCollections() : firestore.doc(document).listCollections(),
          ),
        () => 1,
      );
      return found.map((collection) => collection.id);
    },
    async ids({ collection, cursor, limit }) {
      if (!isCollectionPath(collection)) return { ids: [], cursor: null };
      const parent = collection.split("/");
      const collectionId = parent.pop();
      const root = `projects/${place.project}/databases/${place.database}/documents`;
      const [documents, , answer] = await paid(
        pageSize(limit),
        (pageSize) =>
          connection.askLow((client, headers) =>
            client.listDocuments(
              {
                parent: [root, ...parent].join("/"),
                collectionId,
                pageSize,
                pageToken: cursor ?? "",
                showMissing: true,
                mask: { fieldPaths: [] },
              },
              { autoPaginate: false, otherArgs: { headers } },
            ),
          ),
        ([found]) => found.length,
      );
      return {
        ids: documents.map(({ name }) => (name ?? "").slice((name ?? "").lastIndexOf("/") + 1)),
        cursor: answer?.nextPageToken || null,
      };
    },
    list,
    async get(paths, { fields } = {}) {
      const wanted = [...new Set(paths.filter(isDocumentPath))];
      const names = fields && namesOf(fields);
      const found = new Map<string, StoredDocument>();
      while (wanted.length > 0) {
        const snapshots = await paid(
          Math.min(wanted.length, defaultPage),
          (most) => getSome(wanted.splice(0, most), names),
          (answer) => answer.length,
        );
        for (const snapshot of snapshots) {
          if (snapshot.exists) found.set(snapshot.ref.path, storedDocument(sdk, snapshot, fields));
        }
      }
      return paths.map((path) => found.get(path) ?? null);
    },
    async count(collection) {
      if (!isCollectionPath(collection)) return 0;
      return paid(
        1,
        // The client answers a bigint here too.
        () =>
          connection.ask(async (firestore) =>
            Number((await firestore.collection(collection).count().get()).data().count),
          ),
        (count) => Math.ceil(count / countedForOne),
      );
    },
    async watch(collection, watch, { after } = {}) {
      if (isCollectionPath(collection) && (!after || isFieldName(after.field)))
        return connection.ask(async () => watches.join(collection, watch, after));
      watch.onChanges([]);
      return async () => {};
    },
    budget: budget.state,
    ...(options.mayChange && { changes }),
    async close() {
      watches.close();
      await connection.close();
    },
  };
}

function pageSize(limit = defaultPage): number {
  return Math.min(Math.max(1, Math.trunc(limit)), largestPage);
}

/** Names that a document can have; a mask with any other would be refused as a whole. */
function namesOf(fields: readonly string[]): string[] {
  return fields.filter(isFieldName);
}
