/**
 * A document's or collection's path as its segments, `null` when nothing stored can have it: an empty segment, `.`, `..`, a reserved
 * `__name__`, more than 1,500 bytes, half a surrogate pair. Such a path is never sent.
 */
function splitPath(path: string): string[] | null {
  if (path.length > mostPathBytes) return null;
  const segments = path.split("/");
  return segments.every(canBeId) ? segments : null;
}

/** Firestore's own limit on a document's whole name. */
const mostPathBytes = 6 * 1024;
const mostIdBytes = 1_500;
/** Names of Firestore's own, save `__id7__`, which stands for a number in what was once a Datastore. */
const reserved = /^__(?!id\d+__$).*__$/su;

function canBeId(id: string): boolean {
  if (id === "" || id === "." || id === ".." || reserved.test(id)) return false;
  return id.isWellFormed() && Buffer.byteLength(id) <= mostIdBytes;
}

/** Whether a document of this path can exist. */
export function isDocumentPath(path: string): boolean {
  const segments = splitPath(path);
  return segments !== null && segments.length % 2 === 0;
}

/** Whether a collection of this path can exist. */
export function isCollectionPath(path: string): boolean {
  const segments = splitPath(path);
  return segments !== null && segments.length % 2 === 1;
}

/** Whether documents can have a field of this name. */
export function isFieldName(name: string): boolean {
  return name !== "" && !reserved.test(name) && name.isWellFormed() && Buffer.byteLength(name) <= mostIdBytes;
}
