import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReader, RandomAccessReader, type ZipFile } from "yauzl";
import { type ByteSource, readRange } from "./byte-source.ts";

export interface ZipEntry {
  /** As stored: it may hold `..`, slashes, anything. Only ever shown, never a path. */
  name: string;
  /** Bytes of the content as announced. */
  size: number;
  compressedSize: number;
  /** Why the content is not opened, found before any of it is inflated; null when nothing speaks against it. */
  refusal: string | null;
}

export interface ZipContent {
  bytes: Buffer;
  /** True when this is the whole content; its checksum was then compared. */
  whole: boolean;
  problem: string | null;
}

export interface ZipArchive {
  entries: ZipEntry[];
  /** How many the archive announces; `entries` holds the first ones. */
  entryCount: number;
  /** Why the list ends early. */
  problem: string | null;
  /** The first `maxBytes` of an entry's content. Never throws for bad bytes. */
  read(entry: ZipEntry, maxBytes: number): Promise<ZipContent>;
}

/** No deflate stream grows more (zlib's own documentation: about 1032 to 1). */
const maxRatio = 1040;

/**
 * The list of an archive, with everything that can be judged without inflating: encryption, methods, sizes that deflate
 * cannot hold, entries that lie over each other. Rejects only when the source cannot be read; an archive that cannot be
 * read has no entries and a `problem`.
 */
export async function openZip(source: ByteSource, maxEntries: number): Promise<ZipArchive> {
  const listed: { entry: Entry; name: string }[] = [];
  let problem: string | null = null;
  let file: ZipFile | null = null;
  try {
    file = await openFile(source);
    for (let entry = await nextEntry(file); entry; entry = await nextEntry(file)) {
      listed.push({ entry, name: nameOf(entry) });
      if (listed.length === maxEntries) break;
    }
  } catch (error) {
    problem = `The archive cannot be read: ${messageOf(error)}.`;
  }
  const overlapping = findOverlaps(listed.map(({ entry }) => entry));
  const byEntry = new Map<ZipEntry, Entry>();
  for (const { entry, name } of listed) {
    const { uncompressedSize: size, compressedSize } = entry;
    const refusal = overlapping.has(entry) ? "It lies over another entry." : refusalOf(entry);
    byEntry.set({ name, size, compressedSize, refusal }, entry);
  }
  return {
    entries: [...byEntry.keys()],
    entryCount: Math.max(file?.entryCount ?? 0, listed.length),
    problem,
    read: async (entry, maxBytes) => readContent(file as ZipFile, byEntry.get(entry) as Entry, maxBytes),
  };
}

function refusalOf(entry: Entry): string | null {
  if (entry.isEncrypted()) return "It is encrypted.";
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    return `Its compression (method ${entry.compressionMethod}) is not supported.`;
  const most = entry.compressionMethod === 0 ? entry.compressedSize : entry.compressedSize * maxRatio + 1024;
  if (entry.uncompressedSize > most)
    return `It announces ${entry.uncompressedSize} bytes, more than its ${entry.compressedSize} can hold.`;
  return null;
}

/** A local header is at least 30 bytes; what begins before the one in front ends shares its bytes. */
function findOverlaps(entries: Entry[]): Set<Entry> {
  const found = new Set<Entry>();
  const ordered = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let end = 0;
  let last: Entry | undefined;
  for (const entry of ordered) {
    if (last && entry.relativeOffsetOfLocalHeader < end) found.add(entry).add(last);
    end = Math.max(end, entry.relativeOffsetOfLocalHeader + 30 + entry.compressedSize);
    last = entry;
  }
  return found;
}

async function readContent(file: ZipFile, entry: Entry, maxBytes: number): Promise<ZipContent> {
  const pieces: Buffer[] = [];
  let length = 0;
  let problem: string | null = null;
  try {
    const stream = await new Promise<Readable>((resolve, reject) => {
      file.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened)));
    });
    for await (const piece of stream) {
      pieces.push(piece as Buffer);
      length += (piece as Buffer).length;
      if (length >= maxBytes) break;
    }
  } catch (error) {
    problem = `It breaks off after ${length} bytes: ${messageOf(error)}.`;
  }
  const bytes = Buffer.concat(pieces).subarray(0, maxBytes);
  const whole = problem === null && bytes.length === entry.uncompressedSize;
  if (whole && crc32(bytes) !== entry.crc32) problem = "Its checksum is not the announced one.";
  return { bytes, whole, problem };
}

function openFile(source: ByteSource): Promise<ZipFile> {
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
  return new Promise((resolve, reject) => {
    fromRandomAccessReader(new RangeReader(source), source.size, options, (error, file) =>
      error ? reject(error) : resolve(file),
    );
  });
}

function nextEntry(file: ZipFile): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      file.removeAllListeners();
      act();
    };
    file.once("entry", (entry: Entry) => settle(() => resolve(entry))());
    file.once(
      "end",
      settle(() => resolve(null)),
    );
    file.once("error", (error: Error) => settle(() => reject(error))());
    file.readEntry();
  });
}

/** Names come undecoded, so that a hostile one ends nothing. */
function nameOf(entry: Entry): string {
  return (entry.fileName as unknown as Buffer).toString("utf8");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/[.\s]+$/, "") : String(error);
}

class RangeReader extends RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const source = this.#source;
    const pieces = async function* () {
      for (let at = start; at < end; ) {
        const piece = await readRange(source, at, Math.min(262_144, end - at));
        if (piece.length === 0) return;
        at += piece.length;
        yield piece;
      }
    };
    return Readable.from(pieces(), { objectMode: false });
  }
}
