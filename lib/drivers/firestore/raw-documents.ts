import type { FirestoreConnection } from "./firestore-connection.ts";

/** A stored value as it crosses the wire, of which exactly one kind is set. Whole numbers are text, so that none is rounded. */
export interface RawValue {
  valueType?: string;
  nullValue?: unknown;
  booleanValue?: boolean;
  integerValue?: string;
  doubleValue?: number;
  stringValue?: string;
  bytesValue?: Uint8Array;
  referenceValue?: string;
  timestampValue?: RawTime;
  geoPointValue?: { latitude: number; longitude: number };
  arrayValue?: { values: RawValue[] };
  mapValue?: { fields: RawFields };
}
export type RawFields = Record<string, RawValue>;
interface RawTime {
  seconds: string;
  nanos: number;
}

export interface RawDocument {
  fields: RawFields;
  updateTime: RawTime;
}

export type RawWrite = { currentDocument: object } & (
  | { delete: string }
  | { update: { name: string; fields: Record<string, object> } }
);

/** The whole name of a document. */
export function nameOf({ place }: FirestoreConnection, path: string): string {
  return `${databaseOf(place)}/documents/${path}`;
}

/** Documents by path, to the last bit; what is not there is not answered. */
export async function readRaw(
  connection: FirestoreConnection,
  paths: readonly string[],
): Promise<Map<string, RawDocument>> {
  const start = nameOf(connection, "").length;
  const found = new Map<string, RawDocument>();
  await connection.askLow(
    (client, headers) =>
      new Promise<void>((resolve, reject) => {
        const documents = paths.map((path) => nameOf(connection, path));
        const request = { database: databaseOf(connection.place), documents };
        const stream = client.batchGetDocuments(request, { otherArgs: { headers } });
        stream.on("data", ({ found: document }: { found?: RawDocument & { name: string } }) => {
          if (document) found.set(document.name.slice(start), document);
        });
        stream.on("error", reject);
        stream.on("end", resolve);
      }),
  );
  return found;
}

/** One write under its precondition. `needs`: the right that a refusal means is lacking. */
export async function writeRaw(connection: FirestoreConnection, write: RawWrite, needs: string): Promise<void> {
  const request = { database: databaseOf(connection.place), writes: [write] };
  await connection.askLow((client, headers) => client.commit(request, { otherArgs: { headers } }), needs);
}

function databaseOf({ project, database }: FirestoreConnection["place"]): string {
  return `projects/${project}/databases/${database}`;
}
