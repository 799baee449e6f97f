/** What a test writes into a Firestore emulator. */
export type Field = string | number | { [name: string]: Field };

const headers = { authorization: "Bearer owner", "content-type": "application/json" };

function addressOf(host: string, project: string, path: string): string {
  const root = `http://${host}/v1/projects/${project}/databases/(default)/documents`;
  return `${root}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** Puts a document as a whole, its fields as Firestore's REST interface types them. */
export async function putTyped(host: string, project: string, path: string, fields: object): Promise<void> {
  const address = addressOf(host, project, path);
  const answer = await fetch(address, { method: "PATCH", headers, body: JSON.stringify({ fields }) });
  if (!answer.ok) throw new Error(`${path} could not be written: ${answer.status} ${await answer.text()}`);
}

/** The documents of a small collection: their fields as text, by name. */
export async function readCollection(host: string, project: string, path: string): Promise<Map<string, string>> {
  const answer = await fetch(`${addressOf(host, project, path)}?pageSize=300`, { headers });
  if (!answer.ok) throw new Error(`${path} could not be read: ${answer.status} ${await answer.text()}`);
  const { documents = [] } = (await answer.json()) as { documents?: { name: string; fields: object }[] };
  // The fields of a document have no order.
  const sorted = (fields: object) => JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  return new Map(documents.map(({ name, fields }) => [name, sorted(fields)]));
}

/** Puts a document as a whole. */
export function putDocument(host: string, project: string, path: string, fields: Record<string, Field>): Promise<void> {
  return putTyped(host, project, path, typedFields(fields));
}

function typedFields(fields: Record<string, Field>): object {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typed(value)]));
}

function typed(value: Field): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "number") return { doubleValue: value };
  return { mapValue: { fields: typedFields(value) } };
}
