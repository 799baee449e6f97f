import { utimesSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "playwright/test";
import { openWineLab } from "./support/plant-store.ts";
import { startTrialdeck, untilIndexed } from "./support/trialdeck-server.ts";

interface Orphans {
  items: { name: string; reason: string }[];
  why: string[];
}

const hash = (letter: string) => letter.repeat(64);
const long = new Date("2026-01-01T00:00:00Z");

test("a planted file is an orphan after an hour, and none while a source is out of reach", async () => {
  const store = await openWineLab();
  const place = Buffer.from("//process[@name='evaluate']").toString("base64url");
  const name = `stable_process____process[@name='evaluate']_${hash("a")}_${hash("b")}_${hash("c")}.pkl`;
  const below = `cache/${hash("d")}/p_${place}/steps/${name}`;
  store.keep(below, "lost");
  const young = below.replace(hash("a"), hash("e"));
  store.keep(young, "young");
  store.close();
  utimesSync(join(store.path, "wine-lab", ".wine-lab", below), long, long);
  const ask = async (
    targets: string[],
    wait: (server: Awaited<ReturnType<typeof startTrialdeck>>) => Promise<unknown>,
  ) => {
    const server = await startTrialdeck(targets, { env: { ...process.env, TRIALDECK_PRICE_PER_GIB: "2" } });
    try {
      await wait(server);
      const payload = await server.ask<Orphans>("/cache/orphans?side=payload");
      const index = await server.ask<Orphans>("/cache/orphans?side=index");
      const { totals } = await server.ask<{ totals: { bytes: number; cost: number } }>("/cache/ledger");
      return { payload, index, totals };
    } finally {
      await server.stop();
    }
  };

  const alone = await ask([store.path], untilIndexed);
  expect(alone.payload.items.map((item) => basename(item.name))).toEqual([name]);
  expect(alone.payload.items[0]?.reason).toContain("No record of any source names it");
  expect(alone.payload.why.join()).not.toContain("out of reach");
  expect(alone.index.items).toEqual([]);
  expect(alone.totals.cost).toBeCloseTo((alone.totals.bytes / 2 ** 30) * 2, 12);

  const beside = await ask([store.path, "redis://127.0.0.1:1/0"], async (server) => {
    await expect
      .poll(async () =>
        (await server.ask<{ items: { status: string }[] }>("/sources")).items.map(({ status }) => status),
      )
      .toEqual(["ready", "unreachable"]);
  });
  expect(beside.payload.items).toEqual([]);
  expect(beside.payload.why.join(" ")).toContain("cannot be read");
  await store.remove();
});
