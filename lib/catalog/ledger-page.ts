import { AppError } from "../domain/errors.ts";
import type { LedgerGrouping, LedgerItem } from "../domain/ledger.ts";
import { ledgerAges } from "../domain/ledger-ages.ts";
import type { Page } from "../domain/source.ts";
import { decodeCursor, encodeCursor } from "./page.ts";
import { readSort } from "./sort.ts";

/** What groups sort by. `group`: their name; a day or run by its time, an age from young to old. */
export const ledgerSorts = ["group", "hits", "misses", "rate", "saved", "spent", "bytes"] as const;
export type LedgerSort = { column: (typeof ledgerSorts)[number]; descending: boolean };

/** Runs and days come newest first, ages youngest first, other groups by what they saved. Throws `bad_request` for another word. */
export function readLedgerSort(sort: string | undefined, by: LedgerGrouping): LedgerSort {
  const isOfTime = by === "run" || by === "day";
  const usual = { column: isOfTime || by === "age" ? "group" : "saved", descending: by !== "age" };
  const { column, descending } = readSort(sort, usual);
  const known = ledgerSorts.find((name) => name === column);
  if (known && !(by === "run" && known === "bytes")) return { column: known, descending };
  throw new AppError("bad_request", `The ledger by ${by} cannot be sorted by "${column.slice(0, 60)}".`, {
    remedy: `Sort by one of ${ledgerSorts.filter((name) => by !== "run" || name !== "bytes").join(", ")}.`,
    details: { parameter: "sort" },
  });
}

/** A page of groups that are all at hand; the cursor says which group came last. */
export function pageOfGroups(
  items: readonly LedgerItem[],
  { cursor, limit }: { cursor?: string; limit: number },
  { column, descending }: LedgerSort,
): Pick<Page<LedgerItem>, "items" | "nextCursor" | "total"> {
  const sort = `ledger ${descending ? "-" : ""}${column}`;
  const ordered = items
    .map((item) => ({ item, key: keyOf(item, column), name: nameOf(item) }))
    .sort((a, b) => compare(a.key, b.key) * (descending ? -1 : 1) || compare(a.name, b.name));
  const last = cursor === undefined ? null : (decodeCursor(cursor, sort).key as string);
  const start = last === null ? 0 : ordered.findIndex(({ name }) => name === last) + 1;
  const page = ordered.slice(start, start + limit);
  const end = page.at(-1);
  const hasMore = start + limit < ordered.length;
  return {
    items: page.map(({ item }) => item),
    nextCursor: hasMore && end ? encodeCursor(sort, { key: end.name, row: 0 }) : null,
    total: { value: items.length, exact: true },
  };
}

function keyOf(item: LedgerItem, column: LedgerSort["column"]): string | number {
  switch (column) {
    case "group":
      return item.group === null ? "" : (ageOrder.get(item.group) ?? item.group);
    case "rate":
      return item.hits + item.misses === 0 ? -1 : item.hits / (item.hits + item.misses);
    case "saved":
      return item.savedSeconds;
    case "spent":
      return item.spentSeconds;
    default:
      return item[column];
  }
}

const ageOrder = new Map<string, string>(ledgerAges.map(({ name }, index) => [name, String(index)]));

function nameOf({ source, experimentId, group }: LedgerItem): string {
  return JSON.stringify([group, source, experimentId]);
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
