import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type HeldTable, isSameThing, keyOfThing } from "./held-table.ts";
import { holdTable } from "./hold-table.ts";
import type { LiveEvent } from "./live-refresh.ts";

interface Row {
  source: string;
  id: string;
  status: string;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const row = (id: string, status = "running"): Row => ({ source: "s", id, status });
const page = (items: Row[]) => ({ items, nextCursor: null, total: null, asOf: null, complete: true, readAt: 1 });
const event = (id: string | null, name: LiveEvent["name"] = "run"): LiveEvent => ({
  name,
  source: "s",
  experimentId: null,
  id,
});

/** A table of two loaded pages over a store that goes on; answers what it shows and how to tell it of changes. */
function openTable(stored: Record<string, Row[]>, mayMove = false) {
  const client = new QueryClient();
  const queryKey = ["table"];
  client.setQueryData(queryKey, {
    pages: [page([row("3"), row("2")]), page([row("1")])],
    pageParams: [null, "after 2"],
  });
  const table: HeldTable<Row> = {
    queryKey,
    events: ["run"],
    keyOf: keyOfThing,
    isOf: isSameThing,
    readPage: async (cursor) => page(stored[cursor ?? "first"] ?? []),
    readRow: async ({ id }) => row(id, "read alone"),
  };
  let tell: (event: LiveEvent) => void = () => undefined;
  const listen = (listener: (event: LiveEvent) => void) => {
    tell = listener;
    return () => undefined;
  };
  const stop = holdTable(client, table, { listen }).follow(() => mayMove);
  const shown = () =>
    (client.getQueryData(queryKey) as { pages: { items: Row[] }[] }).pages.flatMap(({ items }) =>
      items.map(({ id, status }) => `${id} ${status}`),
    );
  return { tell: (told: LiveEvent) => tell(told), shown, stop };
}

test("a row that changed changes in its place; others are left alone", async () => {
  const { tell, shown } = openTable({});
  tell(event("2"));
  tell(event("not loaded"));
  tell(event("3", "cache"));
  await vi.advanceTimersByTimeAsync(1500);
  expect(shown()).toEqual(["3 running", "2 read alone", "1 running"]);
});

test("where no row is named, all loaded ones are read anew in their places, new ones wait", async () => {
  const { tell, shown } = openTable({ first: [row("4"), row("3", "completed")], "after 2": [row("1", "failed")] });
  tell(event(null));
  await vi.advanceTimersByTimeAsync(1500);
  expect(shown().filter((one) => !one.startsWith("2"))).toEqual(["3 completed", "1 failed"]);
  // It is on none of the pages any more: new rows pushed it down, or it no longer matches.
  await vi.advanceTimersByTimeAsync(1500);
  expect(shown()).toEqual(["3 completed", "2 read alone", "1 failed"]);
});

test("where rows may move, the table is reloaded from its first page", async () => {
  const { tell, shown } = openTable({}, true);
  tell(event(null, "reset"));
  await vi.advanceTimersByTimeAsync(1500);
  expect(shown()).toEqual(["3 running", "2 running"]);
});

test("once ended it reads nothing more", async () => {
  const { tell, shown, stop } = openTable({});
  tell(event("2"));
  stop();
  await vi.advanceTimersByTimeAsync(1500);
  expect(shown()).toEqual(["3 running", "2 running", "1 running"]);
});
