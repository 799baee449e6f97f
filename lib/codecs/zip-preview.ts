import type { Preview } from "../domain/preview.ts";
import { type ByteSource, sourceOf } from "./byte-source.ts";
import { isNpz, readNpz } from "./npz.ts";
import { previewPickle } from "./pickle/preview.ts";
import type { PreviewOptions } from "./preview-options.ts";
import { openZip } from "./zip.ts";

const maxEntries = 2000;
const maxPickleBytes = 64 * 2 ** 20;

/** True for the first bytes of a zip archive, an empty one included. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}

/** An archive: numpy's arrays, the pickle of a PyTorch file, else the list of its entries. */
export async function previewZip(source: ByteSource, options: PreviewOptions, mediaType: string): Promise<Preview> {
  const archive = await openZip(source, maxEntries);
  const { entries, entryCount, problem } = archive;
  if (entries.length === 0 && problem !== null) {
    return {
      kind: "unsupported",
      truncated: true,
      reason: `${problem} It ends at byte ${source.size}.`,
      bytes: source.size,
      mediaType,
    };
  }
  if (isNpz(archive)) return { kind: "array", ...(await readNpz(archive, options)) };
  const pickle = entries.find(({ name, refusal }) => refusal === null && /^[^/]+\/data\.pkl$/.test(name));
  if (pickle) {
    const { bytes } = await archive.read(pickle, maxPickleBytes);
    return previewPickle(sourceOf(bytes, pickle.size), mediaType, options.markers);
  }
  const rows = entries.slice(options.offset, options.offset + options.limit);
  return {
    kind: "table",
    truncated: rows.length < entryCount,
    columns: ["name", "bytes", "packed bytes", "note"],
    rows: rows.map((entry) => [entry.name, entry.size, entry.compressedSize, entry.refusal]),
    offset: options.offset,
    totalRows: problem === null ? entryCount : null,
    ...(problem !== null && { problem }),
  };
}
