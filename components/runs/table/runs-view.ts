"use client";
import { useMemo } from "react";
import { readList, useUrlState, writeList } from "../../ui/url-state.ts";

export const groupings = ["experiment", "status"] as const;
export type Grouping = (typeof groupings)[number];

/** The Runs page as its address says it. */
export interface RunsView {
  q: string;
  sort: string;
  group: Grouping | null;
  source: string | null;
  experiment: string | null;
  /** Ids of shown columns in order; `null`: the usual ones. */
  columns: string[] | null;
  pinned: ReadonlySet<string>;
  widths: Readonly<Record<string, number>>;
  /** Keys (`source/run`) of ticked rows. */
  selected: ReadonlySet<string>;
  /** Key of the run in the side panel. */
  open: string | null;
}

export const usualSort = "-started";
const usualPins = ["name"];

/** Reads the view from the address's parameters; what cannot be read counts as not said. */
export function readRunsView(get: (name: string) => string | null): RunsView {
  const group = get("group");
  return {
    q: get("q") ?? "",
    sort: get("sort") ?? usualSort,
    group: groupings.find((one) => one === group) ?? null,
    source: get("source"),
    experiment: get("experiment"),
    columns: get("columns") === null ? null : readList(get("columns")),
    pinned: new Set(get("pin") === null ? usualPins : readList(get("pin"))),
    widths: Object.fromEntries(readList(get("widths")).flatMap(readWidth)),
    selected: new Set(readList(get("selected"))),
    open: get("open"),
  };
}

/** The parameters that say these parts of a view; a part that is as usual says nothing. */
export function writeRunsView(part: Partial<RunsView>): Record<string, string | null> {
  const changes: Record<string, string | null> = {};
  if (part.q !== undefined) changes.q = part.q || null;
  if (part.sort !== undefined) changes.sort = part.sort === usualSort ? null : part.sort;
  if (part.group !== undefined) changes.group = part.group;
  if (part.source !== undefined) changes.source = part.source;
  if (part.experiment !== undefined) changes.experiment = part.experiment;
  if (part.columns !== undefined) changes.columns = part.columns && writeList(part.columns);
  if (part.pinned !== undefined)
    changes.pin = [...part.pinned].join() === usualPins.join() ? null : (writeList([...part.pinned]) ?? ",");
  if (part.widths !== undefined)
    changes.widths = writeList(Object.entries(part.widths).map(([id, width]) => `${width}:${id}`));
  if (part.selected !== undefined) changes.selected = writeList([...part.selected]);
  if (part.open !== undefined) changes.open = part.open;
  return changes;
}

function readWidth(text: string): [string, number][] {
  const [, width, id] = /^(\d{1,4}):(.+)$/s.exec(text) ?? [];
  return width && id ? [[id, Number(width)]] : [];
}

/** The view in the address, and how to change it. */
export function useRunsView(): { view: RunsView; change(part: Partial<RunsView>, how?: "replace" | "push"): void } {
  const { get, change } = useUrlState();
  const view = useMemo(() => readRunsView(get), [get]);
  return { view, change: (part, how) => change(writeRunsView(part), how) };
}
