import { describe, expect, it } from "vitest";
import { type ChartTable, escapeXml, fileName, resolveVariables, toCsv, toJson } from "./export.ts";

function tableOf(columns: string[], rows: (string | number | null)[][]): ChartTable {
  return {
    caption: "loss",
    columns: columns.map((name) => ({ name })),
    rowCount: rows.length,
    cell: (row, column) => rows[row]?.[column] ?? null,
  };
}

describe("toCsv", () => {
  it("writes numbers in full and nothing for what is missing", () => {
    expect(
      toCsv(
        tableOf(
          ["step", "loss"],
          [
            [1, 0.004508378582477969],
            [2, null],
            [3, NaN],
          ],
        ),
        { safe: false },
      ),
    ).toBe("step,loss\r\n1,0.004508378582477969\r\n2,\r\n3,NaN\r\n");
  });

  it("quotes commas, quotes and line breaks", () => {
    expect(toCsv(tableOf(['a"b'], [["x,y"], ["1\n2"]]), { safe: false })).toBe('"a""b"\r\n"x,y"\r\n"1\n2"\r\n');
  });

  it("disarms formulas in text, never in numbers, and only when asked", () => {
    const table = tableOf(
      ["name", "value"],
      [
        ["=cmd|' /C calc'!A0", -1],
        ["@x", 2],
        ["-y", 3],
      ],
    );
    expect(toCsv(table, { safe: true })).toBe("name,value\r\n'=cmd|' /C calc'!A0,-1\r\n'@x,2\r\n'-y,3\r\n");
    expect(toCsv(table, { safe: false })).toContain("\r\n=cmd");
  });
});

describe("toJson", () => {
  it("spells what JSON cannot hold and keeps columns of one name apart", () => {
    expect(JSON.parse(toJson(tableOf(["x", "run", "run"], [[1, Infinity, "a"]])))).toEqual({
      caption: "loss",
      rows: [{ x: 1, run: "Infinity", "run (2)": "a" }],
    });
  });

  it("keeps a column that is named like a part of every object", () => {
    expect(toJson(tableOf(["__proto__"], [[1]]))).toContain('"__proto__": 1');
  });
});

describe("names and pictures", () => {
  it("makes a file name of any title", () => {
    expect(fileName("train_sgd/val loss: 50%", "csv")).toBe("train_sgd-val-loss-50.csv");
    expect(fileName("../..", "svg")).toBe("chart.svg");
    expect(fileName("損失", "png")).toBe("損失.png");
  });

  it("keeps foreign text inside the picture", () => {
    expect(escapeXml('<img onerror="x">&\u0000\u{1F600}')).toBe(
      "&lt;img onerror=&quot;x&quot;&gt;&amp;\u{FFFD}\u{1F600}",
    );
  });

  it("puts real colours in place of variables", () => {
    expect(
      resolveVariables('<path stroke="var(--run-3)"/>', (name) => (name === "var(--run-3)" ? "#b2266f" : "")),
    ).toBe('<path stroke="#b2266f"/>');
  });
});
