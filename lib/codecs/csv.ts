import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import type { Preview } from "../domain/preview.ts";
import { type ByteSource, readRange } from "./byte-source.ts";
import { decodeText, type TextEncoding } from "./text.ts";

type TablePreview = Extract<Preview, { kind: "table" }>;

/** Bytes gone through to reach the asked rows; a file within them is read to its end and its rows counted. */
const scanBytes = 16 * 2 ** 20;
/** A line without end would be one row of millions of cells. */
const maxLineBytes = 2 ** 19;
const maxColumns = 1000;
const maxCells = 200_000;
const maxCellLength = 2000;
const maxAnswerLength = 4 * 2 ** 20;

/**
 * Rows of a table of text from `offset` on, at most `limit`. Cells stay text, since `007` is no number. Ragged rows are
 * filled with null; the first row names the columns unless it is all numbers.
 */
export async function previewCsv(
  source: ByteSource,
  encoding: TextEncoding,
  head: Uint8Array,
  { offset, limit }: { offset: number; limit: number },
): Promise<TablePreview> {
  const table = new TableWindow(offset, limit);
  const parser = parse({
    delimiter: findDelimiter(decodeText(head, encoding)),
    bom: true,
    encoding: encoding === "utf-16le" ? "utf16le" : encoding === "utf-8" ? "utf8" : "latin1",
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: 2 ** 20,
    // Rows are taken as they are parsed: a stream would drop those in front of an error.
    on_record: (record: string[]) => {
      table.take(record);
      return null;
    },
  });
  let problem: string | undefined;
  try {
    await pipeline(
      bytesOf(source, () => table.isFull && source.size > scanBytes),
      parser.resume(),
    );
  } catch (error) {
    if (!(error instanceof CsvError || error instanceof LineTooLong)) throw error;
    problem = `It cannot be read further than row ${table.count}: ${error.message}`;
  }
  const whole = source.size <= scanBytes && problem === undefined;
  const { columns, rows, count } = table;
  return {
    kind: "table",
    truncated: !whole || rows.length < count || table.isTooWide,
    columns,
    rows: rows.map((row) => columns.map((_, at) => row[at] ?? null)),
    offset,
    totalRows: whole ? count : null,
    ...(problem !== undefined && { problem }),
  };
}

/** The asked rows out of all that pass, bounded whatever was asked. */
class TableWindow {
  readonly rows: string[][] = [];
  /** Rows seen, the header apart. */
  count = 0;
  /** True when no further row is kept. */
  isFull = false;
  #header: string[] | null = null;
  #cells = maxCells;
  #length = maxAnswerLength;
  readonly #offset: number;
  readonly #limit: number;

  constructor(offset: number, limit: number) {
    this.#offset = offset;
    this.#limit = limit;
  }

  get isTooWide(): boolean {
    return (this.#header?.length ?? 0) > maxColumns;
  }

  get columns(): string[] {
    const named = this.#header?.slice(0, maxColumns).map(clipCell) ?? [];
    const width = this.rows.reduce((most, row) => Math.max(most, row.length), named.length);
    return Array.from({ length: width }, (_, at) => named[at] ?? `column ${at + 1}`);
  }

  take(record: string[]): void {
    if (this.#header === null) {
      this.#header = isHeader(record) ? record : [];
      if (this.#header.length > 0) return;
    }
    if (this.count++ < this.#offset || this.isFull) return;
    const row = record.slice(0, maxColumns).map(clipCell);
    this.#cells -= row.length;
    this.#length -= row.reduce((sum, cell) => sum + cell.length, 0);
    const isSpent = this.rows.length > 0 && (this.#cells < 0 || this.#length < 0);
    this.isFull = this.rows.length === this.#limit || isSpent;
    if (!this.isFull) this.rows.push(row);
  }
}

async function* bytesOf(source: ByteSource, isEnough: () => boolean): AsyncGenerator<Buffer> {
  let lineStart = 0;
  for (let at = 0; at < Math.min(source.size, scanBytes) && !isEnough(); ) {
    const piece = await readRange(source, at, 262_144);
    if (piece.length === 0) return;
    const lineEnd = piece.lastIndexOf(0x0a);
    if (lineEnd >= 0) lineStart = at + lineEnd;
    at += piece.length;
    yield piece;
    if (at - lineStart > maxLineBytes) throw new LineTooLong(`a line of more than ${maxLineBytes} bytes`);
  }
}

class LineTooLong extends Error {}

function clipCell(cell: string): string {
  return cell.length > maxCellLength ? `${cell.slice(0, maxCellLength)}…` : cell;
}

/** The separator that the first line holds most often. */
function findDelimiter(text: string): string {
  const line = text.slice(0, 16_384).split(/\r?\n/, 1)[0] ?? "";
  const counts = [",", "\t", ";", "|"].map((mark) => [line.split(mark).length, mark] as const);
  return counts.reduce((best, each) => (each[0] > best[0] ? each : best))[1];
}

function isHeader(record: string[]): boolean {
  return record.some((cell) => cell.trim() === "" || Number.isNaN(Number(cell)));
}
