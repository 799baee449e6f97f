import { describe, expect, test } from "vitest";
import { sourceOf } from "./byte-source.ts";
import { previewCsv } from "./csv.ts";

const preview = (text: string | Buffer, offset = 0, limit = 100) => {
  const bytes = Buffer.from(text as string);
  return previewCsv(sourceOf(bytes), "utf-8", bytes.subarray(0, 1024), { offset, limit });
};

test("rows, counted; cells stay text", async () => {
  expect(await preview('id,name\n007,"a, ""b"""\n8,"two\nlines"\n')).toEqual({
    kind: "table",
    truncated: false,
    columns: ["id", "name"],
    rows: [
      ["007", 'a, "b"'],
      ["8", "two\nlines"],
    ],
    offset: 0,
    totalRows: 2,
  });
});

test("tabs, semicolons, a byte order mark, Windows line ends", async () => {
  expect(await preview("\ufeffa\tb\r\n1\t2\r\n")).toMatchObject({ columns: ["a", "b"], rows: [["1", "2"]] });
  expect(await preview("a;b\n1,5;2\n")).toMatchObject({ columns: ["a", "b"], rows: [["1,5", "2"]] });
});

test("a table that begins with numbers has no header", async () => {
  expect(await preview("1,2\n3,4\n")).toMatchObject({
    columns: ["column 1", "column 2"],
    rows: [
      ["1", "2"],
      ["3", "4"],
    ],
    totalRows: 2,
  });
});

test("ragged rows are filled", async () => {
  expect(await preview("a,b\n1\n1,2,3\n")).toMatchObject({
    columns: ["a", "b", "column 3"],
    rows: [
      ["1", null, null],
      ["1", "2", "3"],
    ],
  });
});

test("a page of many rows, counted to the end", async () => {
  const text = `n\n${Array.from({ length: 5000 }, (_, at) => at).join("\n")}\n`;
  expect(await preview(text, 4000, 2)).toMatchObject({
    truncated: true,
    rows: [["4000"], ["4001"]],
    offset: 4000,
    totalRows: 5000,
  });
});

describe("hostile tables", () => {
  test("no bytes, a header alone, an open quote", async () => {
    expect(await preview("")).toMatchObject({ columns: [], rows: [], totalRows: 0 });
    expect(await preview("a,b\n")).toMatchObject({ columns: ["a", "b"], rows: [], totalRows: 0 });
    expect(await preview('a,b\n1,2\n"open')).toMatchObject({
      rows: [["1", "2"]],
      truncated: true,
      problem: expect.stringMatching(/row 1/),
    });
  });

  test("12,000 columns, a cell of megabytes, rows without end", async () => {
    const wide = await preview(
      `${Array.from({ length: 12_000 }, (_, at) => `c${at}`).join(",")}\n${"1,".repeat(11_999)}1\n`,
    );
    expect(wide).toMatchObject({ truncated: true });
    expect(wide.columns).toHaveLength(1000);
    const long = await preview(`a\n${"x".repeat(500_000)}\n`);
    expect(String(long.rows[0]?.[0])).toHaveLength(2001);
    const huge = await preview(`a\n${"x".repeat(2 ** 21)}\n`);
    expect(huge.problem).toMatch(/cannot be read further/);
    const many = await preview(Buffer.alloc(40 * 2 ** 20, "1,2,3,4,5,6,7,8\n"));
    expect(many).toMatchObject({ truncated: true, totalRows: null });
    expect(many.rows).toHaveLength(100);
  });

  test("an answer is bounded whatever is asked", async () => {
    const { rows } = await preview(Buffer.alloc(20 * 2 ** 20, `${"x".repeat(1999)}\n`), 0, 10_000);
    expect(rows.length).toBeLessThan(3000);
  });
});
