import type { Preview } from "../domain/preview.ts";
import { type ByteSource, readRange } from "./byte-source.ts";
import { previewCsv } from "./csv.ts";
import { previewImage, readImageHead } from "./image.ts";
import { previewJson } from "./json-preview.ts";
import { isNpy, readNpy } from "./npy.ts";
import { previewPickle } from "./pickle/preview.ts";
import type { PreviewOptions } from "./preview-options.ts";
import { detectEncoding, previewText, type TextEncoding } from "./text.ts";
import { isZip, previewZip } from "./zip-preview.ts";

/** What is known of an artifact before its bytes are read. All of it is foreign: it hints, the bytes decide. */
export interface ArtifactHead {
  name: string;
  mediaType: string;
  /** Bytes. */
  size: number;
}

/** Enough for the frame header of a JPEG behind its thumbnails. */
const headBytes = 262_144;
const maxHtmlBytes = 20 * 2 ** 20;
const statisticsBytes = 32 * 2 ** 20;

/** Formats that are recognised to be named, not read. */
const namedOnly: readonly (readonly [magic: string, name: string])[] = [
  ["PAR1", "a Parquet file"],
  ["\x89HDF", "an HDF5 file"],
  ["%PDF", "a PDF document"],
  ["ARROW1", "an Arrow file"],
  ["SQLite format 3\0", "a SQLite database"],
  ["\x1f\x8b", "compressed with gzip"],
  ["BZh", "compressed with bzip2"],
  ["\xfd7zXZ\0", "compressed with xz"],
  ["\x28\xb5\x2f\xfd", "compressed with zstd"],
  ["7z\xbc\xaf\x27\x1c", "a 7-Zip archive"],
];

/**
 * A bounded, safe rendering of an artifact, chosen by its first bytes, then by its name and media type. Bad bytes are
 * answered, never thrown: as `unsupported` with a reason, or with a `problem` beside what could be read. Rejects only when
 * `read` does.
 */
export async function previewArtifact(artifact: ArtifactHead & ByteSource, options: PreviewOptions): Promise<Preview> {
  const { name, mediaType, size } = artifact;
  const head = await readRange(artifact, 0, headBytes);
  const image = readImageHead(head);
  if (image) return previewImage(image, size);
  if (isNpy(head)) {
    const array = await readNpy(artifact, name, { ...options, statisticsBytes });
    const shown = array.values?.length ?? array.texts?.length ?? 0;
    const elements = array.shape.reduce((product, side) => product * side, 1);
    return { kind: "array", truncated: shown < elements, arrays: [array] };
  }
  if (isZip(head)) return previewZip(artifact, options, mediaType);
  if (isPickle(head, name)) return previewPickle(artifact, mediaType, options.markers);
  const unsupported = (reason: string): Preview => ({
    kind: "unsupported",
    truncated: true,
    reason,
    bytes: size,
    mediaType,
  });
  const known = namedOnly.find(([magic]) => head.toString("latin1", 0, magic.length) === magic);
  if (known) return unsupported(`It is ${known[1]}, which is not drawn.`);
  const encoding = detectEncoding(head.subarray(0, 65_536));
  if (encoding === null) return unsupported("It is binary and of no kind that is drawn.");
  return previewWritten(artifact, head, encoding, options, unsupported);
}

async function previewWritten(
  artifact: ArtifactHead & ByteSource,
  head: Buffer,
  encoding: TextEncoding,
  options: PreviewOptions,
  unsupported: (reason: string) => Preview,
): Promise<Preview> {
  const { name, mediaType, size } = artifact;
  const start = head
    .toString("latin1", 0, 1024)
    .replace(/^\xef\xbb\xbf/, "")
    .trimStart();
  if (/\.(html?|xhtml)$/i.test(name) || /^text\/html\b/.test(mediaType) || /^<(!doctype html|html)\b/i.test(start)) {
    if (size > maxHtmlBytes) return unsupported(`The page has ${size} bytes; up to ${maxHtmlBytes} are drawn.`);
    return { kind: "html", truncated: false, bytes: size };
  }
  const isNameless = !/\.\w{1,8}$/.test(name);
  if (
    /\.(json|ipynb|geojson|vl|vg)$/i.test(name) ||
    /[/+]json\b/.test(mediaType) ||
    (isNameless && /^[[{]/.test(start))
  ) {
    return previewJson(artifact, encoding);
  }
  const isTable = /\.(csv|tsv|tab)$/i.test(name) || /^text\/(csv|tab-separated-values)\b/.test(mediaType);
  if (isTable && encoding !== "utf-16be") return previewCsv(artifact, encoding, head, options);
  return previewText(artifact, encoding, options);
}

/** By the PROTO opcode of protocols 2 to 5, else by name: protocols 0 and 1 have no signature. */
function isPickle(head: Buffer, name: string): boolean {
  const protocol = head[1] ?? 0;
  if (head[0] === 0x80 && protocol >= 2 && protocol <= 5) return true;
  return head.length > 0 && /\.(pkl|pickle|joblib)(\.(gz|z|zlib|bz2|xz|lzma|lz4|zst))?$/i.test(name);
}
