/** What a chart says as a table: the twin on the page and the exports are made from this one. */
export interface ChartTable {
  caption: string;
  columns: { name: string; numeric?: boolean }[];
  rowCount: number;
  /** `null`: nothing recorded there. Numbers may be NaN or infinite. */
  cell(row: number, column: number): string | number | null;
}

/**
 * Comma-separated values (RFC 4180), numbers in full.
 * @param safe text that a spreadsheet would run as a formula gets a leading apostrophe (OWASP, "CSV Injection").
 */
export function toCsv(table: ChartTable, { safe }: { safe: boolean }): string {
  const write = (value: string | number | null) => {
    if (value === null) return "";
    if (typeof value === "number") return String(value);
    const text = safe && /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [table.columns.map((column) => write(column.name)).join(",")];
  for (let row = 0; row < table.rowCount; row++)
    lines.push(table.columns.map((_, column) => write(table.cell(row, column))).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

/** The rows as objects, numbers that JSON cannot hold spelled as in the HTTP API. Columns of one name are numbered. */
export function toJson(table: ChartTable): string {
  const seen = new Map<string, number>();
  const names = table.columns.map(({ name }) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
  const rows = Array.from({ length: table.rowCount }, (_, row) =>
    names.map((name, column): [string, string | number | null] => {
      const value = table.cell(row, column);
      return [name, typeof value === "number" && !Number.isFinite(value) ? String(value) : value];
    }),
  );
  return `${JSON.stringify({ caption: table.caption, rows: rows.map((cells) => Object.fromEntries(cells)) }, null, 2)}\n`;
}

/** A file name from any title: letters, digits, dots, dashes and underscores of any script; never empty, never hidden. */
export function fileName(title: string, extension: string): string {
  const stem = title
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+|[.-]+$/g, "")
    .slice(0, 80);
  return `${stem || "chart"}.${extension}`;
}

/** Hands a file to the browser's downloads. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Text for the inside of an SVG element or attribute. Characters that XML 1.0 refuses are replaced. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** Puts the theme's real colours where an SVG names variables, so that it looks the same outside the page. */
export function resolveVariables(svg: string, colourOf: (variable: string) => string): string {
  return svg.replace(/var\(--[\w-]+\)/g, (variable) => colourOf(variable));
}

/** Draws an SVG to a PNG at twice its size. Its width and height stand in its root element. */
export async function svgToPng(svg: string): Promise<Blob> {
  const picture = new Image();
  const loaded = new Promise<void>((resolve, reject) => {
    picture.onload = () => resolve();
    picture.onerror = () => reject(new Error("The browser could not draw this picture."));
  });
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await loaded;
  const canvas = document.createElement("canvas");
  canvas.width = picture.width * 2;
  canvas.height = picture.height * 2;
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large to draw."))),
      "image/png",
    );
  });
}
