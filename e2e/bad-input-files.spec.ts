import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { expect, test } from "playwright/test";
import { addCharts, codecFixture, openWineLab, type Store } from "./support/plant-store.ts";
import { openSignedIn } from "./support/signed-in.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./support/trialdeck-server.ts";
import { wineRuns } from "./support/wine-lab.ts";

interface ArtifactAnswer {
  id: string;
  source: string;
  name: string;
  bytes: number;
}
interface PreviewAnswer {
  kind: string;
  truncated: boolean;
  reason?: string;
  problem?: string;
  arrays?: { name: string; shape: number[]; bytes: number; values?: number[]; statistics?: object }[];
  imports?: { module: string; name: string; verdict: string }[];
}

const megabyte = 1024 * 1024;

/** A list that holds itself twice, forty times over: 2^40 items to whoever would build it. */
function doublingPickle(): Buffer {
  const levels = Array.from({ length: 40 }, (_, level) =>
    Buffer.from([0x68, level, 0x68, level, 0x86, 0x71, level + 1]),
  );
  return Buffer.concat([Buffer.from([0x80, 2, 0x5d, 0x71, 0]), ...levels, Buffer.from(".")]);
}

/** A text that claims to be 2^62 bytes long. */
function boastingPickle(): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(2n ** 62n);
  return Buffer.concat([Buffer.from([0x80, 4, 0x8d]), length, Buffer.from("short.")]);
}

/** 512 MB of zeros as one array, in half a megabyte of zip. */
function writeArrayBomb(path: string): void {
  const script = `
import sys, zipfile
head = b"{'descr': '<f8', 'fortran_order': False, 'shape': (67108864,), }"
head += b" " * (117 - len(head)) + b"\\n"
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
    with bomb.open("zeros.npy", "w", force_zip64=True) as array:
        array.write(b"\\x93NUMPY\\x01\\x00" + len(head).to_bytes(2, "little") + head)
        for _ in range(512):
            array.write(bytes(1048576))
`;
  execFileSync("python3", ["-c", script, path]);
}

test.describe("files that are made to harm their reader", () => {
  test.describe.configure({ mode: "serial", timeout: 120_000 });
  let store: Store;
  let server: TrialdeckServer;
  let artifacts: ArtifactAnswer[];
  let atRest: number;

  test.beforeAll(async () => {
    store = await openWineLab();
    const empty = new Uint8Array();
    addCharts(store, wineRuns.first, "score_bars", {
      "doubling.pkl": doublingPickle(),
      "boasting.pkl": boastingPickle(),
      "calling.pkl": codecFixture("executes-system.pkl"),
      "packed.joblib": deflateSync(Buffer.alloc(256 * megabyte), { level: 1 }),
      "bomb.npz": empty,
      "long.txt": empty,
      "long.csv": empty,
      "long.json": empty,
      "long.png": empty,
    });
    const stored = join(store.path, "wine-lab/.wine-lab");
    const files = (await readdir(stored, { recursive: true })).map((name) => join(stored, name));
    for (const path of files.filter((name) => /\/long\.\w+$/.test(name))) await truncate(path, 200 * megabyte);
    for (const path of files.filter((name) => name.endsWith("/bomb.npz"))) writeArrayBomb(path);
    // Results of the cache are looked into already when they are indexed.
    const results = files.filter((name) => name.endsWith(".pkl") && name.includes("/steps/")).sort();
    const bombs = [doublingPickle(), boastingPickle(), codecFixture("executes-system.pkl")];
    for (const [index, bomb] of bombs.entries()) await writeFile(results[index] ?? "", bomb);
    await truncate(results[bombs.length] ?? "", 200 * megabyte);
    store.close();
    server = await startTrialdeck([store.path]);
    await untilIndexed(server);
    const { items } = await server.ask<{ items: { id: string }[] }>("/sources");
    artifacts = (await server.ask<{ items: ArtifactAnswer[] }>(`/sources/${items[0]?.id}/artifacts?limit=1000`)).items;
    atRest = residentMegabytes();
  });
  test.afterAll(async () => {
    await server?.stop();
    await store?.remove();
  });

  const residentMegabytes = () => {
    const status = readFileSync(`/proc/${server.process.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  };
  const find = (end: string) => {
    const found = artifacts.find(({ name }) => name.endsWith(end));
    if (!found) throw new Error(`No artifact ends with ${end}`);
    return found;
  };
  const preview = (end: string) => {
    const { source, id } = find(end);
    return server.ask<PreviewAnswer>(`/sources/${source}/artifacts/${id}/preview`);
  };

  test("do not keep the rest from being read", async () => {
    const { items } = await server.ask<{ items: { status: string; indexed: { runs: number; entries: number } }[] }>(
      "/sources",
    );
    expect(items).toMatchObject([{ status: "ready", indexed: { runs: 6, entries: 24 } }]);
  });

  test("a pickle that doubles itself is shown without being built", async () => {
    const answer = await preview("doubling.pkl");
    expect(answer).toMatchObject({ kind: "pickle", opcodes: 4 + 4 * 40 });
    expect(JSON.stringify(answer).length).toBeLessThan(megabyte);
  });

  test("a pickle that claims too much says where it ends", async () => {
    const answer = await preview("boasting.pkl");
    expect(answer.problem ?? answer.reason).toMatch(/\w+/);
  });

  test("a pickle that would run a command is named dangerous, and runs nothing", async () => {
    const answer = await preview("calling.pkl");
    expect(answer.imports).toMatchObject([{ name: "system", verdict: "dangerous" }]);
    expect(existsSync("canary")).toBe(false);
  });

  test("what unpacks to far more than it is gives its first values and nothing more", async () => {
    const bomb = await preview("bomb.npz");
    expect(bomb.arrays).toMatchObject([{ name: "zeros", shape: [67_108_864], bytes: 512 * megabyte }]);
    expect(bomb.arrays?.[0]?.values?.length).toBeLessThanOrEqual(200);
    expect(bomb.arrays?.[0]?.statistics).toBeUndefined();
    expect(await preview("packed.joblib")).toMatchObject({
      truncated: true,
      problem: expect.stringContaining("at byte 0"),
    });
  });

  test("of 200 MB only the beginning is read", async () => {
    for (const name of ["long.txt", "long.csv", "long.json", "long.png"]) {
      expect(find(name).bytes).toBe(200 * megabyte);
      const answer = await preview(name);
      expect(JSON.stringify(answer).length, name).toBeLessThan(2 * megabyte);
    }
  });

  test("a part of 200 MB is sent alone", async () => {
    const { source, id } = find("long.txt");
    const answer = await fetch(`${server.origin}/api/v1/sources/${source}/artifacts/${id}/content`, {
      headers: { authorization: `Bearer ${server.token}`, range: `bytes=${150 * megabyte}-${150 * megabyte + 9}` },
    });
    expect(answer.status).toBe(206);
    expect((await answer.arrayBuffer()).byteLength).toBe(10);
  });

  test("their pages say what they are", async ({ page }) => {
    for (const [name, words] of [
      ["calling.pkl", /dangerous/],
      ["bomb.npz", /zeros|too|more/],
      ["long.txt", /200 MiB/],
    ] as const) {
      const { source, id } = find(name);
      await openSignedIn(page, server, `/artifacts/${source}/${id}`);
      await expect(page.getByRole("main")).toContainText(words);
    }
  });

  test("the server is as well and as small as before", async () => {
    expect(await (await fetch(`${server.origin}/api/v1/health`)).json()).toMatchObject({ status: "ok" });
    expect(residentMegabytes() - atRest).toBeLessThan(200);
    expect(server.output()).not.toMatch(/unhandled|heap out of memory/i);
  });
});
