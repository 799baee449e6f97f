"use client";
import { EllipsisVertical } from "lucide-react";
import { lazy, type ReactNode, type RefObject, Suspense, useState } from "react";
import { Dialog } from "../../ui/dialog.tsx";
import { formatCount } from "../../ui/format.ts";
import { Menu, type MenuItem } from "../../ui/menu.tsx";
import { NameText } from "../../ui/names.tsx";
import { showToast } from "../../ui/toast.tsx";
import { type ChartTable, download, fileName, resolveVariables, svgToPng, toCsv, toJson } from "./export.ts";
import { colourReader } from "./paint-context.ts";
import { shortName } from "./short-name.ts";

const TableTwin = lazy(() => import("./table-twin.tsx").then((module) => ({ default: module.TableTwin })));

export interface ChartCardProps {
  cardRef?: RefObject<HTMLElement | null>;
  /** For file names, captions and screen readers. */
  name: string;
  title: ReactNode;
  unit?: string | null;
  /** "3 of 12 series" and the like. */
  count?: string | null;
  /** What the chart shows now, as a table; null while there is nothing. */
  table: (() => ChartTable) | null;
  /** Every point behind what is shown, where that is reduced. */
  raw?: RawPoints | null;
  /** What it shows now, as an SVG document with theme variables; left out where there is no picture. */
  picture?: (() => string) | null;
  /** Items of the menu before the table and the exports. */
  settings?: readonly MenuItem[];
  /** Between title and menu. */
  actions?: ReactNode;
  children: ReactNode;
}

export interface RawPoints {
  count: number;
  load(): Promise<ChartTable>;
}

/** More would make a file that neither the browser nor a spreadsheet takes. */
const MOST_RAW = 500_000;
const MOST_LABEL = 200;

/** Head, body and one menu of a chart: its table twin, its exports and its settings. */
export function ChartCard({
  cardRef,
  name,
  title,
  unit,
  count,
  table,
  raw = null,
  picture,
  settings = [],
  actions,
  children,
}: ChartCardProps) {
  const [twin, setTwin] = useState<ChartTable | null>(null);
  const save = (extension: string, mediaType: string, write: (table: ChartTable) => string) => {
    if (table) download(fileName(name, extension), new Blob([write(table())], { type: mediaType }));
  };
  const saveSvg = () =>
    withColours(picture, (svg) => download(fileName(name, "svg"), new Blob([svg], { type: "image/svg+xml" })));
  const savePng = () =>
    withColours(picture, (svg) => {
      svgToPng(svg).then(
        (png) => download(fileName(name, "png"), png),
        (error: Error) => showToast(error.message),
      );
    });
  const saveRaw = (extension: string, mediaType: string, write: (table: ChartTable) => string) => {
    if (!raw) return;
    showToast(`Reading ${formatCount(raw.count)} points…`);
    raw.load().then(
      (rows) => download(fileName(`${name} all points`, extension), new Blob([write(rows)], { type: mediaType })),
      (error: Error) => showToast(`The points could not be read. ${error.message}`),
    );
  };
  const disabled = table === null;
  const items: MenuItem[] = [
    ...settings,
    ...(settings.length > 0 ? [{ kind: "line" as const }] : []),
    { label: "Show as table", disabled, onSelect: () => table && setTwin(table()) },
    { kind: "heading", label: raw ? "Export what is shown, reduced" : "Export what is shown" },
    {
      label: "CSV",
      hint: "safe for spreadsheets",
      disabled,
      onSelect: () => save("csv", "text/csv;charset=utf-8", (rows) => toCsv(rows, { safe: true })),
    },
    {
      label: "CSV",
      hint: "raw",
      disabled,
      onSelect: () => save("csv", "text/csv;charset=utf-8", (rows) => toCsv(rows, { safe: false })),
    },
    { label: "JSON", disabled, onSelect: () => save("json", "application/json", toJson) },
    ...(picture === undefined
      ? []
      : [
          { label: "PNG", disabled: picture === null, onSelect: savePng },
          { label: "SVG", disabled: picture === null, onSelect: saveSvg },
        ]),
    ...(raw ? rawItems(raw.count, saveRaw) : []),
  ];
  return (
    <section
      ref={cardRef}
      aria-label={shortName(name, MOST_LABEL)}
      className="min-w-0 rounded-md border border-line bg-canvas"
    >
      <header className="flex h-9 items-center gap-2 pr-1 pl-3">
        <h3 className="flex min-w-0 items-baseline gap-1.5 font-medium">
          <span className="min-w-0 truncate">{title}</span>
          {unit && <span className="text-label font-normal text-quiet">{unit}</span>}
        </h3>
        {count && <span className="text-label whitespace-nowrap text-quiet">{count}</span>}
        <div className="ml-auto flex items-center gap-1">
          {actions}
          <Menu
            label={`Menu of ${shortName(name)}`}
            icon={<EllipsisVertical aria-hidden className="size-4" />}
            items={items}
            align="end"
          />
        </div>
      </header>
      {children}
      {twin && (
        <Dialog title={<NameText name={twin.caption} />} onClose={() => setTwin(null)} size="large">
          <Suspense fallback={null}>
            <TableTwin table={twin} />
          </Suspense>
        </Dialog>
      )}
    </section>
  );
}

function rawItems(
  count: number,
  save: (extension: string, mediaType: string, write: (table: ChartTable) => string) => void,
): MenuItem[] {
  const tooMany = count > MOST_RAW;
  const hint = tooMany ? "too many: zoom in" : "";
  return [
    { kind: "heading", label: `Export all ${formatCount(count)} points` },
    {
      label: "CSV of all points",
      hint,
      disabled: tooMany,
      onSelect: () => save("csv", "text/csv;charset=utf-8", (rows) => toCsv(rows, { safe: true })),
    },
    { label: "JSON of all points", hint, disabled: tooMany, onSelect: () => save("json", "application/json", toJson) },
  ];
}

function withColours(picture: (() => string) | null | undefined, use: (svg: string) => void): void {
  if (picture) use(resolveVariables(picture(), colourReader(document.documentElement)));
}
