/** What a folder holds: files and sub-folders. */
export interface TreeEntry {
  name: string;
  isFolder: boolean;
}

/** Something that the walk has still to come to. */
interface Node {
  segments: readonly string[];
  /** Its path; a folder sorts by its name and the `/` that follows it in every path below it. */
  sortKey: string;
  isFolder: boolean;
  /** A folder that is being read. Settles with its nodes (last one first) or the error, never rejects. */
  reading?: Promise<{ nodes: Node[] } | { error: unknown }>;
  /** What was read, until it takes the folder's place. */
  nodes?: Node[];
}

/**
 * Paths of the files below `prefix`, in path order, beginning after the path `after`. `readEntries` gives a folder's entries in any
 * order; a folder is read only when the walk comes near it: of the `ahead` things that come next, folders are read already, so that a store
 * that takes its time is asked for several at once.
 */
export async function* walkTree(
  readEntries: (folder: readonly string[]) => Promise<TreeEntry[]>,
  prefix: readonly string[],
  after: string | null,
  ahead = 1,
): AsyncGenerator<string, void, void> {
  const read = async (folder: Node) => {
    try {
      const entries = await readEntries(folder.segments);
      folder.nodes = nodesBelow(folder.segments, entries, after);
      return { nodes: folder.nodes };
    } catch (error) {
      return { error };
    }
  };
  /** What is still to come, the next one last. */
  const coming: Node[] = [{ segments: prefix, sortKey: "", isFolder: true }];
  for (let next = coming.at(-1); next; next = coming.at(-1)) {
    if (!next.isFolder) {
      coming.pop();
      yield next.segments.join("/");
      continue;
    }
    for (let at = coming.length - 1; at >= Math.max(0, coming.length - ahead); at--) {
      const node = coming[at]!;
      if (!node.isFolder) continue;
      if (node.nodes) {
        const [, ...earlier] = coming.splice(at);
        for (const inside of [node.nodes, earlier]) for (const one of inside) coming.push(one);
        at += node.nodes.length;
      } else node.reading ??= read(node);
    }
    next = coming.at(-1);
    if (!next?.reading) continue;
    const outcome = await next.reading;
    if ("error" in outcome) throw outcome.error;
    coming.pop();
    for (const node of outcome.nodes) coming.push(node);
  }
}

/** Those that stand after `after` or may hold what does, last one first. */
function nodesBelow(folder: readonly string[], entries: readonly TreeEntry[], after: string | null): Node[] {
  return entries
    .map(({ name, isFolder }) => ({
      segments: [...folder, name],
      sortKey: [...folder, isFolder ? `${name}/` : name].join("/"),
      isFolder,
    }))
    .filter(({ sortKey, isFolder }) => after === null || sortKey > after || (isFolder && after.startsWith(sortKey)))
    .sort((a, b) => (a.sortKey > b.sortKey ? -1 : 1));
}
