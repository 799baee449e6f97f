import { type OpenFile, withRegularFile } from "../confined-folder.ts";

const stepBytes = 1024 * 1024;

/** Whether two files below `root` hold the same bytes. */
export async function haveEqualContents(
  root: string,
  one: readonly string[],
  other: readonly string[],
): Promise<boolean> {
  const answer = await withRegularFile("files", root, one, (first) =>
    withRegularFile("files", root, other, (second) => compare(first, second)),
  );
  return answer ?? false;
}

async function compare(first: OpenFile, second: OpenFile): Promise<boolean> {
  if (first.stats.size !== second.stats.size) return false;
  const [a, b] = [Buffer.alloc(stepBytes), Buffer.alloc(stepBytes)];
  for (let position = 0; position < Number(first.stats.size); position += stepBytes) {
    const [readA, readB] = await Promise.all([first.read(a, position), second.read(b, position)]);
    if (!a.subarray(0, readA).equals(b.subarray(0, readB))) return false;
  }
  return true;
}
