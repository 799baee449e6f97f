import { Readable } from "node:stream";
import { parse } from "csv-parse";
import type { Preview } from "../domain/preview.ts";
import { type ByteSource, readRange } from "./byte-source.ts";
import { decodeText, type TextEncoding } from "./text.ts";

type TablePreview = Extract<Preview, { kind: "table" }>;

/** Bytes gone through to reach the asked rows; a file within them is read to its end and its rows counted. */
const scanBytes = 32 * 2 ** 20;
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
  const text = decodeText(head, encoding);
  const parser = parse({
    delimiter: findDelimiter(text),
    bom: true,
    encoding: encoding === "utf-16le" ? "utf16le" : encoding === "utf-8" ? "utf8" : "latin1",
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: 2 ** 20,
  });
  const rows: string[][] = [];
  const budget = { cells: maxCells, length: maxAnswerLength };
  let header: string[] | null = null;
  let count = 0;
  let full = false;
  let problem: string | undefined;
  const input = Readable.from(bytesOf(source), { objectMode: false });
  input.on("error", (error) => parser.destroy(error));
  try {
    for await (const record of input.pipe(parser) as AsyncIterable<string[]>) {
      if (header === null) {
        header = isHeader(record) ? record : [];
        if (header.length > 0) continue;
      }
      if (count++ < offset || full) continue;
      const row = record
        .slice(0, maxColumns)
        .map((cell) => (cell.length > maxCellLength ? `${cell.slice(0, maxCellLength)}…` : cell));
      budget.cells -= row.length;
      budget.length -= row.reduce((sum, cell) => sum + cell.length, 0);
      full = rows.length === limit || (rows.length > 0 && (budget.cells < 0 || budget.length < 0));
      if (!full) rows.push(row);
      else if (source.size > scanBytes) break;
    }
  } catch (error) {
    problem = `It cannot be read further than row ${count}: ${error instanceof Error ? error.message : String(error)}`;
  }
  input.destroy();
  const whole = source.size <= scanBytes && problem === undefined;
  const width = rows.reduce((most, row) => Math.max(most, row.length), Math.min(header?.length ?? 0, maxColumns));
  return {
    kind: "table",
    truncated: !whole || rows.length < count || (header?.length ?? 0) > maxColumns,
    columns: Array.from({ length: width }, (_, at) => header?.[at]?.slice(0, maxCellLength) ?? `column ${at + 1}`),
    rows: rows.map((row) => Array.from({ length: width }, (_, at) => row[at] ?? null)),
    offset,
    totalRows: whole ? count : null,
    ...(problem !== undefined && { problem }),
  };
}

async function* bytesOf(source: ByteSource): AsyncGenerator<Buffer> {
  for (let at = 0; at < Math.min(source.size, scanBytes); ) {
    const piece = await readRange(source, at, 262_144);
    if (piece.length === 0) return;
    at += piece.length;
    yield piece;
  }
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
