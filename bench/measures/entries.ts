import { callLines, type Line, timeCalls } from "../figures.ts";
import { readMemory } from "../memory.ts";
import { startServer } from "../server.ts";
import type { Sizes } from "../sizes.ts";
import { keepSqliteEntries } from "../stores/entries.ts";
import { watchMachine } from "../watch-machine.ts";

/** A cache of many entries in SQLite: indexing, and the first page once it is done. */
export async function measureEntries({ entries }: Sizes): Promise<Line[]> {
  const path = await keepSqliteEntries(entries);
  const machine = watchMachine();
  const server = await startServer([`sqlite:${path}`]);
  try {
    const measured = await server.untilIndexed();
    const delay = await server.readDelay();
    const note = `an idle process beside it: ${machine.stop().toFixed(0)} ms`;
    const { total } = await server.ask<{ total: { value: number } }>("/cache/entries?limit=50");
    if (total.value !== entries) throw new Error(`${total.value} of ${entries} entries are shown.`);
    const took = await timeCalls(50, () => server.ask("/cache/entries?limit=50"));
    const { rss, children } = readMemory(server.pid);
    return [
      { what: `Index ${entries.toLocaleString("en")} entries (SQLite)`, unit: "s", gate: 90, aim: 40, measured },
      { what: "… delay of the server's main thread, p99", unit: "ms", gate: 50, aim: null, measured: delay.p99, note },
      ...callLines("First page of 50 entries", took, null, null),
      { what: "Memory after that", unit: "MiB", gate: null, aim: null, measured: rss, note: children.join(", ") },
    ];
  } finally {
    machine.stop();
    await server.stop();
  }
}
