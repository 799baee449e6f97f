import type {
  PutBackOutcome,
  Receipt,
  SetAsideOutcome,
  SetAsideRequest,
  StoreChanges,
} from "../../contracts/changes.ts";
import { type AppError, isAppError } from "../../domain/errors.ts";
import { eachInOrder } from "../each-in-order.ts";
import { isDocumentPath } from "./document-path.ts";
import type { FirestoreConnection } from "./firestore-connection.ts";
import { firestoreFailure, wasNeverSent } from "./firestore-failure.ts";
import { keepFields, keepPlainFields, readKept } from "./kept-fields.ts";
import { nameOf, type RawDocument, type RawWrite, readRaw, writeRaw } from "./raw-documents.ts";

/** Asks for as many documents as the budget grants and counts what was read. */
type Paid = <Answer>(
  wanted: number,
  question: (granted: number) => Promise<Answer>,
  costOf: (answer: Answer) => number,
) => Promise<Answer>;

/** Whole documents are held in memory, each of up to 1 MiB. */
const largestRead = 100;
const atOnce = 16;

type Failed = { outcome: "failed" | "unknown"; failure: AppError };

/**
 * Safe changes of a database. A document's content goes into its receipt; it is removed under the precondition of its update time, and created again
 * only where none is. What lies below a document stays where it is.
 */
export function firestoreChanges(
  connection: FirestoreConnection,
  paid: Paid,
  countRead: (documents: number) => void,
): StoreChanges {
  async function read(paths: readonly string[]): Promise<Map<string, RawDocument>> {
    const wanted = [...new Set(paths.filter(isDocumentPath))];
    const found = new Map<string, RawDocument>();
    while (wanted.length > 0) {
      const [some] = await paid(
        Math.min(wanted.length, largestRead),
        async (most) => {
          const asked = wanted.splice(0, most);
          return [await readRaw(connection, asked), asked.length] as const;
        },
        ([, asked]) => asked,
      );
      for (const [path, document] of some) found.set(path, document);
    }
    return found;
  }

  /** Looks again at what a write was refused for. It has to be known, whatever the budget says. */
  async function readAgain(path: string): Promise<RawDocument | null> {
    const found = await readRaw(connection, [path]);
    countRead(1);
    return found.get(path) ?? null;
  }

  /** Writes, and answers what is known when the store refuses because something else stands there than was said. */
  async function writeUnless<Answer>(
    path: string,
    write: RawWrite,
    needs: string,
    done: Answer,
    otherwise: (present: RawDocument | null, failure: AppError) => Answer,
  ): Promise<Answer | Failed> {
    try {
      await writeRaw(connection, write, needs);
      return done;
    } catch (error) {
      const failure = firestoreFailure(connection.place, error);
      if (failure.code !== "conflict") return failed(failure);
      return readAgain(path).then((present) => otherwise(present, failure), failed);
    }
  }

  function remove({ locator, token }: SetAsideRequest): Promise<SetAsideOutcome> {
    const [seconds, nanos] = token.split(".");
    const write = {
      delete: nameOf(connection, locator),
      currentDocument: { updateTime: { seconds, nanos: Number(nanos) } },
    };
    return writeUnless<SetAsideOutcome>(
      locator,
      write,
      "datastore.entities.delete",
      { outcome: "set-aside" },
      (present, failure) => {
        if (present === null) return { outcome: "gone" };
        return tokenOf(present) === token ? { outcome: "failed", failure } : { outcome: "changed" };
      },
    );
  }

  async function create({ locator, kept }: Receipt): Promise<PutBackOutcome> {
    if (!("content" in kept)) return { outcome: "lost" };
    const write = {
      update: { name: nameOf(connection, locator), fields: readKept(kept.content) },
      currentDocument: { exists: false },
    };
    return writeUnless<PutBackOutcome>(
      locator,
      write,
      "datastore.entities.create",
      { outcome: "restored" },
      (present, failure) => {
        if (present === null) return { outcome: "failed", failure };
        return { outcome: Buffer.compare(keepFields(present.fields), kept.content) === 0 ? "same" : "different" };
      },
    );
  }

  /** What is there of what is asked for; a failure that is no lost store is the answer of all. */
  async function readOrRefuse(requests: readonly SetAsideRequest[]): Promise<Map<string, RawDocument> | Failed> {
    try {
      return await read(requests.map(({ locator }) => locator));
    } catch (error) {
      if (isAppError(error) && !isOutage(error)) return { outcome: "failed", failure: error };
      throw error;
    }
  }

  async function setAside(
    requests: readonly SetAsideRequest[],
    keep: (receipts: Receipt[]) => Promise<void>,
  ): Promise<SetAsideOutcome[]> {
    const found = await readOrRefuse(requests);
    if (!(found instanceof Map)) return requests.map(() => found);
    const looks = requests.map((request) => lookAt(request, found.get(request.locator)));
    const receipts = looks.flatMap((look) => ("receipt" in look ? [look.receipt] : []));
    if (receipts.length > 0) await keep(receipts);
    return eachInOrder(requests, atOnce, async (request, index) => {
      const look = looks[index];
      return look && "outcome" in look ? look : remove(request);
    });
  }

  return {
    async stat(locators) {
      const found = await read(locators);
      return locators.map((path) => {
        const document = found.get(path);
        if (!document) return null;
        return { token: tokenOf(document), bytes: keepFields(document.fields).length, expiresAt: null };
      });
    },
    setAside,
    putBack: (receipts) => eachInOrder(receipts, atOnce, create),
    // Nothing of it is in the store.
    discard: async (receipts) => receipts.map(() => ({ outcome: "discarded" })),
    describeNew({ locator, content }, receiptId) {
      if (!("fields" in content)) throw new TypeError("Firestore makes documents alone");
      const kept = keepPlainFields(content.fields);
      // Its token is given by the store when it is made; that equal content stands there is seen by the content.
      return { id: receiptId, locator, token: "", bytes: kept.length, expiresAt: null, kept: { content: kept } };
    },
  };
}

function lookAt(
  { locator, token, receiptId }: SetAsideRequest,
  document: RawDocument | undefined,
): SetAsideOutcome | { receipt: Receipt } {
  if (!document) return { outcome: "gone" };
  if (tokenOf(document) !== token) return { outcome: "changed" };
  try {
    const content = keepFields(document.fields);
    return { receipt: { id: receiptId, locator, token, bytes: content.length, expiresAt: null, kept: { content } } };
  } catch (error) {
    if (isAppError(error)) return { outcome: "failed", failure: error };
    throw error;
  }
}

/** As `documentToken` spells it. */
function tokenOf({ updateTime }: RawDocument): string {
  return `${updateTime.seconds}.${updateTime.nanos}`;
}

function failed(failure: AppError): Failed {
  return { outcome: isOutage(failure) && !wasNeverSent(failure) ? "unknown" : "failed", failure };
}

function isOutage({ code }: AppError): boolean {
  return code === "source_unavailable" || code === "source_timeout";
}
