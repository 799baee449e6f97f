import type { Query, QuerySnapshot } from "@google-cloud/firestore";
import type { DocumentChange, DocumentWatch, StopWatching } from "../../contracts/driver.ts";
import type { AppError } from "../../domain/errors.ts";
import type { FirestoreConnection, StreamNews } from "./firestore-connection.ts";
import { firestoreFailure, timeoutFailure } from "./firestore-failure.ts";
import { documentToken, storedDocument } from "./plain-values.ts";

export interface SharedWatches {
  /** Follows a collection, or the part of it that comes `after` a value; however many do, the store sees one listener for each. */
  join(collection: string, watch: DocumentWatch, after?: After): StopWatching;
  close(): void;
}

interface After {
  field: string;
  value: number;
}

interface SharedWatch {
  readonly collection: string;
  onStream(news: StreamNews): void;
  join(watch: DocumentWatch): void;
  /** Whether nobody is left. */
  leave(watch: DocumentWatch): boolean;
  close(): void;
}

/** The client takes a lost stream up again by itself, mostly within a blink: only what lasts longer is trouble. */
const blinkMs = 1_000;
/** A stream that was asked for and says nothing for so long is trouble too. */
const silenceMs = 3_000;
/** The client rests ever longer, up to a minute, while it is refused. After so long its listener is given up for a new one. */
const longestRestMs = 5_000;

/** One listener a collection. `onRead` is told how many documents the store counts. */
export function shareWatches(connection: FirestoreConnection, onRead: (documents: number) => void): SharedWatches {
  const shared = new Map<string, SharedWatch>();
  const { project, database } = connection.place;
  const root = `projects/${project}/databases/${database}/documents/`;

  connection.onStream((news) => {
    for (const open of shared.values()) if (news.target === root + open.collection) open.onStream(news);
  });

  return {
    join(collection, watch, after) {
      const key = JSON.stringify([collection, after?.field, after?.value]);
      const open = shared.get(key) ?? openSharedWatch(connection, collection, after, onRead);
      shared.set(key, open);
      // The same callbacks may join twice, so that each joining is one of its own.
      const joined = { ...watch, onChanges: watch.onChanges.bind(watch), onTrouble: watch.onTrouble.bind(watch) };
      open.join(joined);
      return async () => {
        if (open.leave(joined) && shared.get(key) === open) {
          shared.delete(key);
          open.close();
        }
      };
    },
    close() {
      for (const open of shared.values()) open.close();
      shared.clear();
    },
  };
}

function openSharedWatch(
  connection: FirestoreConnection,
  collection: string,
  after: After | undefined,
  onRead: (documents: number) => void,
): SharedWatch {
  const { sdk, place } = connection;
  const whole = connection.firestore.collection(collection);
  const query: Query = after ? whole.where(new sdk.FieldPath(after.field), ">", after.value) : whole;
  const joined = new Set<DocumentWatch>();
  /** Path → token of what was told last: the way to tell no change twice when a listener begins anew. */
  let tokens = new Map<string, string>();
  let latest: QuerySnapshot | null = null;
  let trouble: AppError | null = null;
  let stream: StreamNews["stream"] | null = null;
  /** The listener has told nothing yet: its stream may answer only to be refused. */
  let isFresh = true;
  let doubt: NodeJS.Timeout | undefined;
  let rest: NodeJS.Timeout | undefined;
  let unsubscribe = () => {};

  function setTrouble(failure: AppError | null): void {
    clearTimeout(doubt);
    doubt = undefined;
    if (failure === null && trouble === null) return;
    trouble = failure;
    for (const watch of joined) watch.onTrouble(failure);
  }

  function suspect(failure: AppError, ms: number): void {
    clearTimeout(doubt);
    doubt = setTimeout(() => setTrouble(failure), ms);
  }

  function onStream(news: StreamNews): void {
    if (news.state === "asked") stream = news.stream;
    // The end of an earlier one may come late.
    if (news.stream !== stream) return;
    clearTimeout(rest);
    if (news.state === "ended") {
      rest = setTimeout(listen, longestRestMs);
      if (trouble === null) suspect(news.failure, blinkMs);
      else if (trouble.code !== news.failure.code) setTrouble(news.failure);
    } else if (news.state === "answering") {
      clearTimeout(doubt);
      doubt = undefined;
      if (!isFresh) setTrouble(null);
    } else if (trouble === null && doubt === undefined) {
      suspect(timeoutFailure(place), silenceMs);
    }
  }

  function onSnapshot(snapshot: QuerySnapshot): void {
    const isFirstEver = latest === null;
    const changes = isFresh ? comparedChanges(snapshot) : toldChanges(snapshot);
    isFresh = false;
    latest = snapshot;
    setTrouble(null);
    if (changes.length === 0 && !isFirstEver) return;
    for (const watch of joined) watch.onChanges(changes);
  }

  /** A new listener brings the whole collection, of which most may be known. */
  function comparedChanges(snapshot: QuerySnapshot): DocumentChange[] {
    onRead(Math.max(1, snapshot.size));
    const known = tokens;
    tokens = new Map(snapshot.docs.map((document) => [document.ref.path, documentToken(document)]));
    const gone = [...known.keys()].filter((path) => !tokens.has(path));
    const put = snapshot.docs.filter((document) => known.get(document.ref.path) !== tokens.get(document.ref.path));
    return [
      ...gone.map((path): DocumentChange => ({ kind: "gone", path })),
      ...put.map((document): DocumentChange => ({ kind: "put", document: storedDocument(sdk, document) })),
    ];
  }

  function toldChanges(snapshot: QuerySnapshot): DocumentChange[] {
    const changes = snapshot.docChanges();
    onRead(changes.filter((change) => change.type !== "removed").length);
    return changes.map(({ type, doc }): DocumentChange => {
      const { path } = doc.ref;
      if (type === "removed") {
        tokens.delete(path);
        return { kind: "gone", path };
      }
      tokens.set(path, documentToken(doc));
      return { kind: "put", document: storedDocument(sdk, doc) };
    });
  }

  function endStream(): void {
    clearTimeout(rest);
    unsubscribe();
    // One that waits for a connection would wait on.
    stream?.cancel();
    stream = null;
  }

  function listen(): void {
    endStream();
    isFresh = true;
    unsubscribe = query.onSnapshot(onSnapshot, (error) => {
      setTrouble(firestoreFailure(place, error));
      clearTimeout(rest);
      rest = setTimeout(listen, longestRestMs);
    });
  }

  listen();
  return {
    collection,
    onStream,
    join(watch) {
      joined.add(watch);
      if (latest === null) return;
      const present = latest.docs.map((doc): DocumentChange => ({ kind: "put", document: storedDocument(sdk, doc) }));
      watch.onChanges(present);
      if (trouble !== null) watch.onTrouble(trouble);
    },
    leave(watch) {
      joined.delete(watch);
      return joined.size === 0;
    },
    close() {
      clearTimeout(doubt);
      joined.clear();
      endStream();
    },
  };
}
