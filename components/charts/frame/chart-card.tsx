"use client";
import { EllipsisVertical } from "lucide-react";
import { lazy, type ReactNode, type RefObject, Suspense, useState } from "react";
import { Dialog } from "../../ui/dialog.tsx";
import { formatCount } from "../../ui/format.ts";
import { Menu, type MenuItem } from "../../ui/menu.tsx";
import { NameText } from "../../ui/names.tsx";
import { showToast } from "../../ui/toast.tsx";
import type { ChartTable } from "./export.ts";
import type { PictureFormat, TableFormat } from "./save-chart.ts";
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
  picture?: (() => Promise<string>) | null;
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
  const save = (format: TableFormat) => table && saveRows(name, format, async () => table());
  const saveDrawing = (format: PictureFormat) => picture && saveAs(name, format, picture);
  const saveAll = (format: TableFormat) => {
    if (!raw) return;
    showToast(`Reading ${formatCount(raw.count)} points…`);
    saveRows(`${name} all points`, format, raw.load);
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
      onSelect: () => save("safe CSV"),
    },
    { label: "CSV", hint: "raw", disabled, onSelect: () => save("raw CSV") },
    { label: "JSON", disabled, onSelect: () => save("JSON") },
    ...(picture === undefined
      ? []
      : [
          { label: "PNG", disabled: picture === null, onSelect: () => saveDrawing("PNG") },
          { label: "SVG", disabled: picture === null, onSelect: () => saveDrawing("SVG") },
        ]),
    ...(raw ? rawItems(raw.count, saveAll) : []),
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

function rawItems(count: number, save: (format: TableFormat) => void): MenuItem[] {
  const tooMany = count > MOST_RAW;
  const hint = tooMany ? "too many: zoom in" : "";
  return [
    { kind: "heading", label: `Export all ${formatCount(count)} points` },
    { label: "CSV of all points", hint, disabled: tooMany, onSelect: () => save("safe CSV") },
    { label: "JSON of all points", hint, disabled: tooMany, onSelect: () => save("JSON") },
  ];
}

/** What writes files is loaded when one is asked for. */
const loadSaver = () => import("./save-chart.ts");

function saveRows(name: string, format: TableFormat, load: () => Promise<ChartTable>): void {
  Promise.all([loadSaver(), load()]).then(([{ saveTable }, rows]) => saveTable(name, format, rows), tellFailure);
}

function saveAs(name: string, format: PictureFormat, draw: () => Promise<string>): void {
  Promise.all([loadSaver(), draw()])
    .then(([{ savePicture }, svg]) => savePicture(name, format, svg))
    .catch(tellFailure);
}

function tellFailure(error: Error): void {
  showToast(`The file could not be made. ${error.message}`);
}
