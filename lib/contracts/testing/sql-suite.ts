import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { SqlDriver } from "../driver.ts";

/** A store under test that holds what `schema` makes, and the way to change it past the driver. */
export interface SqlStore {
  driver: SqlDriver;
  change(sql: string): Promise<void>;
  stop(): Promise<void>;
}

export interface SqlSubject {
  name: string;
  start(schema: readonly string[]): Promise<SqlStore>;
}

const schema = [
  "CREATE TABLE kv (key TEXT PRIMARY KEY, value TEXT, updated_at REAL)",
  "INSERT INTO kv VALUES ('a', '{\"x\":NaN}', 1.5), ('b', NULL, 2)",
  'CREATE TABLE "odd; name" ("__proto__" TEXT, "with space" INTEGER, bytes BLOB)',
  "INSERT INTO \"odd; name\" VALUES ('hostile', 9007199254740993, x'00ff10'), ('minus', -9007199254740993, NULL), ('safe', 42, x'')",
];

/** What every SQL driver promises, on the real store. */
export function describeSqlDriver(subject: SqlSubject): void {
  describe(`${subject.name} as a SQL driver`, () => {
    let store: SqlStore;
    beforeAll(async () => {
      store = await subject.start(schema);
    });
    afterAll(() => store?.stop());

    it("lists tables with their columns", async () => {
      expect(await store.driver.tables()).toEqual([
        { name: "kv", columns: ["key", "value", "updated_at"] },
        { name: "odd; name", columns: ["__proto__", "with space", "bytes"] },
      ]);
    });

    it("answers a statement with placeholders, row by row", async () => {
      const rows = await store.driver.query("SELECT key, value, updated_at FROM kv WHERE key >= ? ORDER BY key", ["a"]);
      expect(rows.map((row) => ({ ...row }))).toEqual([
        { key: "a", value: '{"x":NaN}', updated_at: 1.5 },
        { key: "b", value: null, updated_at: 2 },
      ]);
    });

    it("treats what looks like SQL in a placeholder as text", async () => {
      expect(await store.driver.query("SELECT key FROM kv WHERE key = ?", ["a' OR '1'='1"])).toEqual([]);
    });

    it("gives whole numbers exactly: as bigint where a number cannot hold them", async () => {
      const rows = await store.driver.query('SELECT "with space" AS n FROM "odd; name" ORDER BY rowid');
      expect(rows.map((row) => row.n)).toEqual([9_007_199_254_740_993n, -9_007_199_254_740_993n, 42]);
    });

    it("gives bytes as bytes", async () => {
      const rows = await store.driver.query<{ bytes: Uint8Array | null }>(
        'SELECT bytes FROM "odd; name" ORDER BY rowid',
      );
      expect(rows.map(({ bytes }) => bytes && [...bytes])).toEqual([[0, 255, 16], null, []]);
    });

    it("keeps a column named __proto__ as data", async () => {
      const [row] = await store.driver.query('SELECT "__proto__" FROM "odd; name" LIMIT 1');
      expect(row && Object.entries(row)).toEqual([["__proto__", "hostile"]]);
    });

    it.each(["DELETE FROM kv", "INSERT INTO kv VALUES ('c', '', 0)", "DROP TABLE kv", "CREATE TABLE t (a)"])(
      "refuses to change the store: %s",
      async (sql) => {
        await expect(store.driver.query(sql)).rejects.toMatchObject({ code: "forbidden" });
        expect(await store.driver.query("SELECT count(*) AS n FROM kv")).toMatchObject([{ n: 2 }]);
      },
    );

    it("says when a table is not there", async () => {
      await expect(store.driver.query("SELECT * FROM nowhere")).rejects.toMatchObject({
        code: "unsupported",
        message: expect.stringContaining("nowhere"),
        remedy: expect.any(String),
      });
    });

    it("is the same store as long as it is, and another one is another", async () => {
      const other = await subject.start(schema);
      try {
        expect(await store.driver.identity()).toBe(await store.driver.identity());
        expect(await other.driver.identity()).not.toBe(await store.driver.identity());
      } finally {
        await other.stop();
      }
    });

    it("tells that another connection changed the store, and shows the change", async () => {
      const onChange = vi.fn();
      const stop = await store.driver.watch?.(onChange);
      await store.change("INSERT INTO kv VALUES ('watched', '1', 3)");
      await vi.waitFor(() => expect(onChange).toHaveBeenCalledWith({ keys: null }), { timeout: 5_000 });
      expect(await store.driver.query("SELECT value FROM kv WHERE key = 'watched'")).toMatchObject([{ value: "1" }]);
      await stop?.();
      await store.change("DELETE FROM kv WHERE key = 'watched'");
    });
  });
}
