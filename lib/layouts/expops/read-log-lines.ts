import type { BlobDriver } from "../../contracts/driver.ts";
import { parseLogLine } from "./parse-run-log.ts";

const chunkBytes = 256 * 1024;
const longestRecord = 64 * 1024;
const newline = 0x0a;

/** A stamped line with the unstamped ones that go on with it (a traceback), or one line of what a program printed before logging began. */
export interface LogRecord {
  /** Byte offsets of its begin and of what follows it. */
  offset: number;
  next: number;
  /** Cut at 64 KB. */
  text: string;
}

interface RawLine {
  offset: number;
  next: number;
  text: string;
}

/**
 * Records of a log between two byte offsets, in order; stops early where the file ends. Begins at the first line that starts at or after
 * `from`. What is read is held only a chunk at a time, however long the file or a line.
 */
export async function* readLogRecords(
  blobs: BlobDriver,
  path: string,
  from: number,
  to: number,
): AsyncGenerator<LogRecord> {
  let record: (LogRecord & { stamped: boolean }) | null = null;
  for await (const line of readLines(blobs, path, from, to)) {
    const stamped = parseLogLine(line.text) !== null;
    if (record?.stamped && !stamped && record.text.length + line.text.length < longestRecord) {
      record.text += `\n${line.text}`;
      record.next = line.next;
      continue;
    }
    if (record) yield record;
    record = { ...line, stamped };
  }
  if (record) yield record;
}

async function* readLines(blobs: BlobDriver, path: string, from: number, to: number): AsyncGenerator<RawLine> {
  // The byte before `from` tells whether a line begins there.
  let at = Math.max(0, from - 1);
  let skipping = from > 0;
  let lineStart = at;
  let parts: Uint8Array[] = [];
  let held = 0;
  while (at < to) {
    const chunk = await blobs.read(path, { offset: at, length: Math.min(chunkBytes, to - at) });
    if (!chunk || chunk.length === 0) break;
    let begin = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, begin)) {
      const next = at + end + 1;
      if (!skipping) yield { offset: lineStart, next, text: decode([...parts, chunk.subarray(begin, end)]) };
      skipping = false;
      parts = [];
      held = 0;
      begin = end + 1;
      lineStart = next;
    }
    if (held < longestRecord) parts.push(chunk.slice(begin));
    held += chunk.length - begin;
    at += chunk.length;
  }
  if (!skipping && held > 0) yield { offset: lineStart, next: at, text: decode(parts) };
}

function decode(parts: readonly Uint8Array[]): string {
  const text = Buffer.concat(parts).subarray(0, longestRecord).toString("utf8");
  return text.replace(/\r$/, "").replace(ansiStyle, "");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what begins a terminal's style
const ansiStyle = /\x1b\[[0-9;]*m/g;
