/** What a test writes into a Firestore emulator. */
export type Field = string | number | { [name: string]: Field };

/** Puts a document as a whole, its fields as Firestore's REST interface types them. */
export async function putTyped(host: string, project: string, path: string, fields: object): Promise<void> {
  const root = `http://${host}/v1/projects/${project}/databases/(default)/documents`;
  const address = `${root}/${path.split("/").map(encodeURIComponent).join("/")}`;
  const headers = { authorization: "Bearer owner", "content-type": "application/json" };
  const answer = await fetch(address, { method: "PATCH", headers, body: JSON.stringify({ fields }) });
  if (!answer.ok) throw new Error(`${path} could not be written: ${answer.status} ${await answer.text()}`);
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
