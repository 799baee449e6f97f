import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { HeldTable, ReadPage } from "./held-table.ts";
import { onLiveEvent } from "./live.ts";
import type { LiveEvent } from "./live-refresh.ts";

type Pages<Row> = InfiniteData<ReadPage<Row>, string | null>;

const usualPause = 1000;
/** Rows read one by one in a turn. */
const mostRows = 8;
/** Rows that a page no longer holds and that are looked for one by one. */
const mostLost = 64;

export interface HeldRows {
  /** Reads the table anew from its first page: rows move. */
  reload(): void;
  /** Keeps each loaded row as it is now, in its place; reloads where more than single rows changed and `mayMove` allows it. */
  follow(mayMove: () => boolean): () => void;
}

/** Keeps a held table alive without moving its rows. */
export function holdTable<Row>(
  client: QueryClient,
  table: HeldTable<Row>,
  { listen = onLiveEvent, pause = usualPause } = {},
): HeldRows {
  const { queryKey, keyOf } = table;
  const pagesNow = () => client.getQueryData<Pages<Row>>(queryKey);
  const rowsNow = () => pagesNow()?.pages.flatMap(({ items }) => items) ?? [];
  const replace = (fresh: ReadonlyMap<string, Row>) =>
    client.setQueryData<Pages<Row>>(queryKey, (data) => data && replaceRows(data, fresh, keyOf));

  const reload = () => {
    client.setQueryData<Pages<Row>>(
      queryKey,
      (data) => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    );
    void client.invalidateQueries({ queryKey, exact: true });
  };

  const follow = (mayMove: () => boolean) => {
    const ended = new AbortController();
    const { signal } = ended;
    const waiting = new Map<string, Row>();
    let everything = false;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const readPages = async () => {
      const found = new Map<string, Row>();
      for (const cursor of pagesNow()?.pageParams ?? []) {
        for (const row of (await table.readPage(cursor, signal)).items) found.set(keyOf(row), row);
      }
      replace(found);
      const lost = rowsNow().filter((row) => !found.has(keyOf(row)));
      for (const row of lost.slice(0, mostLost)) waiting.set(keyOf(row), row);
    };
    const readRows = async () => {
      const batch = [...waiting].slice(0, mostRows);
      for (const [key] of batch) waiting.delete(key);
      const read = await Promise.allSettled(
        batch.map(async ([key, row]) => [key, await table.readRow(row, signal)] as const),
      );
      replace(new Map(read.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))));
    };
    const flush = async () => {
      const began = performance.now();
      // A page that is on its way would bring back what is replaced now.
      if (client.isFetching({ queryKey, exact: true }) === 0) {
        const whole = everything;
        everything = false;
        if (whole && mayMove()) reload();
        // What fails now is told again after the connection is back.
        else await (whole ? readPages() : readRows()).catch(() => undefined);
      }
      if (signal.aborted) return;
      const rest = Math.max(pause, 4 * (performance.now() - began));
      timer = everything || waiting.size > 0 ? setTimeout(flush, rest) : undefined;
    };
    const take = (event: LiveEvent) => {
      if (event.name !== "reset" && !table.events.includes(event.name)) return;
      const row = event.id === null ? null : rowsNow().find((one) => table.isOf(one, event));
      if (row === undefined) return;
      if (row === null) everything = true;
      else waiting.set(keyOf(row), row);
      timer ??= setTimeout(flush, pause);
    };
    const deafen = listen(take);
    return () => {
      deafen();
      ended.abort();
      clearTimeout(timer);
    };
  };
  return { reload, follow };
}

function replaceRows<Row>(data: Pages<Row>, fresh: ReadonlyMap<string, Row>, keyOf: (row: Row) => string): Pages<Row> {
  return {
    ...data,
    pages: data.pages.map((page) =>
      page.items.some((row) => fresh.has(keyOf(row)))
        ? { ...page, items: page.items.map((row) => fresh.get(keyOf(row)) ?? row) }
        : page,
    ),
  };
}
