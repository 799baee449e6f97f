/** What a folder holds: files and sub-folders. */
export interface TreeEntry {
  name: string;
  isFolder: boolean;
}

/**
 * Paths of the files below `prefix`, in path order, beginning after the path `after`. `readEntries` gives a folder's entries in any
 * order; a folder is read only when the walk comes to it.
 */
export async function* walkTree(
  readEntries: (folder: readonly string[]) => Promise<TreeEntry[]>,
  prefix: readonly string[],
  after: string | null,
): AsyncGenerator<string, void, void> {
  const stack = [{ folder: prefix, entries: inPathOrder(await readEntries(prefix)) }];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const { value: entry, done } = top.entries.next();
    if (done) {
      stack.pop();
      continue;
    }
    const path = [...top.folder, entry.name];
    const key = [...top.folder, entry.sortKey].join("/");
    if (after !== null && key <= after && !(entry.isFolder && after.startsWith(key))) continue;
    if (entry.isFolder) stack.push({ folder: path, entries: inPathOrder(await readEntries(path)) });
    else yield path.join("/");
  }
}

/** A sub-folder sorts by its name and the `/` that follows it in every path below it. */
function inPathOrder(entries: readonly TreeEntry[]) {
  return entries
    .map(({ name, isFolder }) => ({ name, isFolder, sortKey: isFolder ? `${name}/` : name }))
    .sort((a, b) => (a.sortKey < b.sortKey ? -1 : 1))
    .values();
}
