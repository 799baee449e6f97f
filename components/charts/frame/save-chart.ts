import { type ChartTable, download, fileName, resolveVariables, svgToPng, toCsv, toJson } from "./export.ts";
import { colourReader } from "./paint-context.ts";

export type TableFormat = "safe CSV" | "raw CSV" | "JSON";
export type PictureFormat = "PNG" | "SVG";

/** Saves a chart's rows as a file. */
export function saveTable(name: string, format: TableFormat, table: ChartTable): void {
  if (format === "JSON") saveText(name, "json", "application/json", toJson(table));
  else saveText(name, "csv", "text/csv;charset=utf-8", toCsv(table, { safe: format === "safe CSV" }));
}

/** Saves a chart's SVG (with theme variables) as it looks now. Throws when the browser cannot draw it. */
export async function savePicture(name: string, format: PictureFormat, svg: string): Promise<void> {
  const coloured = resolveVariables(svg, colourReader(document.documentElement));
  if (format === "SVG") saveText(name, "svg", "image/svg+xml", coloured);
  else download(fileName(name, "png"), await svgToPng(coloured));
}

function saveText(name: string, extension: string, type: string, text: string): void {
  download(fileName(name, extension), new Blob([text], { type }));
}
