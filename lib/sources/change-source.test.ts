import { cp } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { startCatalog } from "../catalog/connect.ts";
import type { SeenDeath } from "../catalog/contract.ts";
import { everything } from "../catalog/testing/open-catalog.ts";
import { makeScratchFolder } from "../contracts/testing/scratch-folder.ts";
import { AppError, isAppError } from "../domain/errors.ts";
import { type ChangedSource, recheckIn, setAsideIn } from "./change-source.ts";
import { configureSources } from "./source-config.ts";
import { startSources } from "./start-sources.ts";
import type { KeptReceipt, SourcesHost } from "./thread-contract.ts";

const recorded = fileURLToPath(new URL("../../e2e/fixtures/expops/sqlite-local", import.meta.url));

/** The recorded workspace behind the real threads, read once. */
async function openWorkspace({
  readOnly = false,
  keep = async () => {},
}: {
  readOnly?: boolean;
  keep?: () => Promise<void>;
} = {}) {
  const folder = await makeScratchFolder();
  await cp(recorded, folder, { recursive: true });
  const catalog = await startCatalog({ path: join(folder, "catalog.sqlite") });
  const kept: KeptReceipt[] = [];
  const died: SeenDeath[] = [];
  const phases: string[] = [];
  const host: SourcesHost = {
    onStatus: async ({ phase }) => void phases.push(phase),
    onCheckStep: async () => undefined,
    onChanges: async () => undefined,
    onLog: async () => undefined,
    listSnapshots: async () => [],
    readSnapshot: async () => null,
    saveSnapshot: async () => undefined,
    findBegin: async () => null,
    noteBegin: async () => undefined,
    listSightedRuns: async () => [],
    noteDeaths: async (_source, deaths) => void died.push(...deaths),
    findPointSightings: async () => new Map(),
    savePointSightings: async () => undefined,
    async keepReceipts(_operation, receipts) {
      await keep();
      kept.push(...receipts);
    },
  };
  const configs = configureSources([{ target: folder, id: "lab", readOnly }], "/");
  const sources = startSources(configs, catalog.writerPort, host, () => undefined);
  onTestFinished(async () => {
    await sources.close();
    await catalog.close();
  });
  await vi.waitFor(() => expect(phases).toContain("ready"), { timeout: 20_000 });

  const database = new DatabaseSync(join(folder, "wine-lab/.wine-lab/metrics.sqlite"), { readOnly: true });
  onTestFinished(() => database.close());
  const rows = () => database.prepare("SELECT key, value, updated_at FROM kv ORDER BY key").all();
  const listed = async () =>
    (await catalog.reader.entries({ sources: ["lab"], scope: everything, limit: 100 })).items
      .map(({ id }) => id)
      .sort();
  const told = async (ids: readonly string[]) => {
    const tokens = await catalog.writer.known("lab", "entry", ids);
    return Promise.all(
      ids.map(async (id) => {
        const place = await catalog.reader.locator("lab", "entry", id);
        return {
          of: "entry" as const,
          locator: place?.locator ?? "",
          token: tokens.get(id) ?? "",
          receiptId: `r-${id}`,
        };
      }),
    );
  };
  return { api: sources.api, kept, died, rows, listed, told };
}

describe("a source behind its thread", () => {
  test("is changed and changed back, and the lists are true when each call answers", async () => {
    const { api, kept, died, rows, listed, told } = await openWorkspace();
    expect(await api.changeableStores("lab")).toContainEqual({
      store: expect.stringMatching(/^index:sqlite:/),
      identity: expect.stringMatching(/\S/),
    });
    const [before, ids] = [rows(), await listed()];
    const some = ids.slice(0, 5);
    const requests = await told(some);
    expect(await api.setAside("lab", "op", requests)).toEqual(some.map(() => ({ outcome: "set-aside" })));
    expect(kept.map(({ id }) => id)).toEqual(some.map((id) => `r-${id}`));
    expect(rows()).toHaveLength(before.length - 5);
    expect(await listed()).toEqual(ids.slice(5));
    expect(died.map(({ entryId, kind }) => [entryId, kind]).sort()).toEqual(some.map((id) => [id, "gone"]));

    expect(await api.setAside("lab", "op", requests)).toEqual(some.map(() => ({ outcome: "gone" })));
    expect(await api.putBack("lab", kept)).toEqual(some.map(() => ({ outcome: "restored" })));
    expect(await listed()).toEqual(ids);
    expect(rows()).toEqual(before);
    expect(await api.discard("lab", kept)).toEqual(some.map(() => ({ outcome: "discarded" })));
  });

  test("says for each thing what stood in the way, with what helps", async () => {
    const { api, kept, rows, listed, told } = await openWorkspace();
    const [one] = await listed();
    const [request] = await told([one ?? ""]);
    const before = rows();
    expect(await api.setAside("lab", "op", [{ ...request!, token: "another" }])).toEqual([{ outcome: "changed" }]);
    await api.setAside("lab", "op", [request!]);
    const [answer] = await api.putBack("lab", [{ ...kept[0]!, store: "index:sqlite:elsewhere" }]);
    expect(answer).toMatchObject({ outcome: "failed", failure: { code: "gone", remedy: expect.any(String) } });
    expect(answer && "failure" in answer && isAppError(answer.failure)).toBe(true);
    await api.putBack("lab", kept);
    expect(rows()).toEqual(before);
  });

  test("changes nothing when its receipts cannot be kept", async () => {
    const keep = () => Promise.reject(new AppError("conflict", "The trash is full.", { remedy: "Empty it." }));
    const { api, rows, listed, told } = await openWorkspace({ keep });
    const [before, ids] = [rows(), await listed()];
    await expect(api.setAside("lab", "op", await told(ids.slice(0, 1)))).rejects.toMatchObject({
      code: "conflict",
      remedy: "Empty it.",
    });
    expect(rows()).toEqual(before);
    expect(await listed()).toEqual(ids);
  });

  test("tells the catalog of what was changed past it, when it is asked and when it cannot be taken", async () => {
    const at = (locator: string) => ({ store: "index", locator });
    const subjects = [
      { state: "as-told", ...at("a"), thing: { token: "proof", bytes: 1 } },
      { state: "changed", at: at("b") },
      { state: "gone", at: at("c") },
      { state: "gone" },
    ];
    const retold: unknown[] = [];
    const source = {
      label: "lab",
      context: {},
      changing: {
        subjects: async (_context: unknown, told: unknown[]) => subjects.slice(0, told.length),
        changesOf: () => ({ setAside: async () => [{ outcome: "set-aside" }] }),
      },
      retell: async (store: string, locators: string[]) => void retold.push([store, ...locators]),
    } as unknown as ChangedSource;
    const told = subjects.map((_, index) => ({
      of: "entry" as const,
      locator: String(index),
      token: "",
      receiptId: "",
    }));
    expect(await recheckIn(source, told.slice(0, 1))).toBe(false);
    expect(retold).toEqual([]);
    expect(await recheckIn(source, told)).toBe(true);
    expect(retold).toEqual([["index", "b", "c"]]);
    await setAsideIn(source, told);
    expect(retold.slice(1)).toEqual([
      ["index", "b", "c"],
      ["index", "a"],
    ]);
  });

  test("has an interrupted attempt go on where it was, which only the driver knows", async () => {
    const asked: unknown[] = [];
    const changes = {
      setAside: async (requests: unknown) => {
        asked.push(requests);
        return [{ outcome: "set-aside" }];
      },
    };
    const source = {
      label: "lab",
      context: {},
      changing: { subjects: async () => [{ state: "gone" }, { state: "gone" }], changesOf: () => changes },
      retell: async () => undefined,
      keepReceipts: async () => undefined,
    } as unknown as ChangedSource;
    const told = { of: "artifact" as const, locator: "a.pkl", token: "as told" };
    const kept = { store: "blobs", locator: "lab/a.pkl", token: "proof" };
    const requests = [
      { ...told, receiptId: "1" },
      { ...told, receiptId: "2", kept },
    ];
    expect(await setAsideIn(source, requests)).toEqual([{ outcome: "gone" }, { outcome: "set-aside" }]);
    expect(asked).toEqual([[{ locator: "lab/a.pkl", token: "proof", receiptId: "2" }]]);
  });

  test("is asked for so many bytes at a time, and for what is empty too", async () => {
    const sizes = [0, 20e6, 20e6, 0, 90e6, 1];
    const asked: string[][] = [];
    const changes = {
      setAside: async (requests: { receiptId: string }[]) => {
        asked.push(requests.map(({ receiptId }) => receiptId));
        return requests.map(() => ({ outcome: "set-aside" }));
      },
    };
    const subjects = sizes.map((bytes) => ({
      state: "as-told",
      store: "blobs",
      locator: "a",
      thing: { token: "", bytes },
    }));
    const source = {
      label: "lab",
      context: {},
      changing: { subjects: async () => subjects, changesOf: () => changes },
      retell: async () => undefined,
    } as unknown as ChangedSource;
    const told = { of: "artifact" as const, locator: "a", token: "" };
    const outcomes = await setAsideIn(
      source,
      sizes.map((_, index) => ({ ...told, receiptId: String(index) })),
    );
    expect(outcomes).toEqual(sizes.map(() => ({ outcome: "set-aside" })));
    expect(asked).toEqual([["0", "1"], ["2", "3"], ["4"], ["5"]]);
  });

  test("cannot be changed when it is read-only, whoever asks", async () => {
    const { api, rows, listed, told } = await openWorkspace({ readOnly: true });
    const before = rows();
    expect(await api.changeableStores("lab")).toEqual([]);
    await expect(api.setAside("lab", "op", await told((await listed()).slice(0, 1)))).rejects.toMatchObject({
      code: "forbidden",
      remedy: expect.stringContaining("readOnly"),
    });
    expect(rows()).toEqual(before);
  });
});
