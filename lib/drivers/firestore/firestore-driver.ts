import type { DocumentSnapshot, Query, Timestamp } from "@google-cloud/firestore";
import type { DocumentDriver, DocumentPage, DocumentQuestions, StoredDocument } from "../../contracts/driver.ts";
import { countQuestions, type PastReads } from "./count-questions.ts";
import { isCollectionPath, isDocumentPath, isFieldName } from "./document-path.ts";
import { firestoreChanges } from "./firestore-changes.ts";
import { openFirestoreConnection } from "./firestore-connection.ts";
import { type FirestorePlaceOptions, parseFirestorePlace } from "./firestore-place.ts";
import { badCursor, readCursor, writeCursor } from "./page-cursor.ts";
import { storedDocument, timeOf } from "./plain-values.ts";
import { shareWatches } from "./shared-watches.ts";

export interface FirestoreOptions extends FirestorePlaceOptions {
  /** Most documents read by questions within an hour; 5,000 unless given. */
  readsPerHour?: number;
  /** The reads of the last hour by an earlier driver, and where those of this one are kept for the next. */
  pastReads?: PastReads;
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

type IdsRequest = Parameters<DocumentDriver["ids"]>[0];
type ListRequest = Parameters<DocumentDriver["list"]>[0];

/**
 * A Firestore database in native mode, read only save through `changes`. Opening asks once and throws when that fails; later each question fails within the timeout.
 * Sends BatchGetDocuments, RunQuery, RunAggregationQuery, ListDocuments, ListCollectionIds, Listen, and Commit for changes.
 */
export async function openFirestoreDriver(options: FirestoreOptions): Promise<DocumentDriver> {
  const place = parseFirestorePlace(options);
  const connection = await openFirestoreConnection(place, options, options.timeoutMs ?? 5_000);
  const { sdk } = connection;
  const { paid, ...counter } = countQuestions(options.readsPerHour ?? 5_000, options.pastReads);
  const watches = shareWatches(connection, counter.add);

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

  async function list(request: ListRequest, share = 0): Promise<DocumentPage> {
    const { collection, fields, orderBy } = request;
    if (!isCollectionPath(collection) || (orderBy && !isFieldName(orderBy.field))) return { items: [], cursor: null };
    const query = pageQuery(request);
    const { answer, granted } = await paid(
      pageSize(request.limit),
      async (most) => ({ answer: await connection.ask(() => query.limit(most).get()), granted: most }),
      (page) => page.answer.size,
      share,
    );
    const last = answer.size < granted ? undefined : answer.docs.at(-1);
    return {
      items: answer.docs.map((document) => storedDocument(sdk, document, fields)),
      cursor: last === undefined ? null : writeCursor(sdk, endOf(last, orderBy?.field)),
    };
  }

  async function get(
    paths: readonly string[],
    { fields }: { fields?: readonly string[] } = {},
    share = 0,
  ): Promise<(StoredDocument | null)[]> {
    const wanted = [...new Set(paths.filter(isDocumentPath))];
    const names = fields && namesOf(fields);
    const found = new Map<string, StoredDocument>();
    while (wanted.length > 0) {
      const snapshots = await paid(
        Math.min(wanted.length, defaultPage),
        (most) => getSome(wanted.splice(0, most), names),
        (answer) => answer.length,
        share,
      );
      for (const snapshot of snapshots) {
        if (snapshot.exists) found.set(snapshot.ref.path, storedDocument(sdk, snapshot, fields));
      }
    }
    return paths.map((path) => found.get(path) ?? null);
  }

  async function ids({ collection, cursor, limit }: IdsRequest, share: number) {
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
      share,
    );
    return {
      ids: documents.map(({ name }) => (name ?? "").slice((name ?? "").lastIndexOf("/") + 1)),
      cursor: answer?.nextPageToken || null,
    };
  }

  const questions = (share: number): DocumentQuestions => ({
    ids: (request) => ids(request, share),
    list: (request) => list(request, share),
    get: (paths, options) => get(paths, options, share),
  });

  function endOf(last: DocumentSnapshot, field: string | undefined) {
    return field === undefined ? { id: last.id } : { id: last.id, value: last.get(new sdk.FieldPath(field)) };
  }

  const changes = firestoreChanges(connection, paid, counter.add);

  try {
    counter.add(1);
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
    ...questions(0),
    forPerson: questions,
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
    budget: counter.state,
    ...(options.mayChange && { changes }),
    async close() {
      counter.keep();
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
