import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { BlobDriver } from "../../contracts/driver.ts";
import type { ArtifactFact } from "../../domain/facts.ts";
import type { PlainValue } from "../../domain/values.ts";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import { openPayloadScan } from "./payload-files.ts";
import type { PlacedFile, ProjectPlace, Runtime } from "./seams.ts";
import { fixedPlaces, openMemoryContext } from "./testing/memory-context.ts";

const fixtures = join(import.meta.dirname, "../../../e2e/fixtures/expops");
const versions = JSON.parse(readFileSync(join(fixtures, "versions/EXPECTED.json"), "utf8")).files as {
  orphaned: { path: string }[];
  spilled_left_by_broken_entry: string[];
  spilled_referenced: Record<string, { pickle: string }[]>;
  spilled_overwritten_by_a_later_run: string[];
  broken_entry: { missing: string };
  deleted_rows: { cache_path: string }[];
  counts: { pickles: number; npz: number; joblib: number };
};
const running = new AbortController().signal;

const placeOf = (project: string, driver: BlobDriver, folder: string, era: Runtime["era"] = "local"): ProjectPlace => ({
  project,
  runtimes: [{ era, driver, folder, namePrefix: "" }],
  logs: { driver, folder, namePrefix: "" },
  code: [],
});

async function openFixture(path: string, project: string, folder: string, era: Runtime["era"] = "local") {
  const driver = await openFilesDriver({ path: join(fixtures, path) });
  return scanOf(placeOf(project, driver, folder, era));
}

/** A scan of one place, and its files by their paths. */
function scanOf(place: ProjectPlace, context = openMemoryContext()) {
  const filesAt = (...paths: string[]): PlacedFile[] =>
    place.runtimes.flatMap((runtime) => paths.map((path) => ({ runtime, path })));
  return { ...openPayloadScan(fixedPlaces(place), context), filesAt };
}

async function collect(batches: AsyncIterable<ArtifactFact[]>): Promise<ArtifactFact[]> {
  const facts: ArtifactFact[] = [];
  for await (const batch of batches) facts.push(...batch);
  return facts;
}

describe("files of real projects", () => {
  it("are all found, each with what it is", async () => {
    const scan = await openFixture("versions/workspace/spill-lab", "spill-lab", ".spill-lab");
    const facts = await collect(scan.facts("spill-lab", running));
    const count = (role: ArtifactFact["role"]) => facts.filter((fact) => fact.role === role).length;
    expect([count("result"), count("array"), count("model")]).toEqual([
      versions.counts.pickles,
      versions.counts.npz,
      versions.counts.joblib,
    ]);
    expect(
      facts
        .filter(({ role }) => role === "chart")
        .every(({ process, mediaType }) => process === "loss_line" && mediaType === "image/svg+xml"),
    ).toBe(true);
    expect(new Set(facts.map(({ id }) => id)).size).toBe(facts.length);
    const mixed = facts.find(({ step }) => step === "mix: rows");
    expect(mixed).toMatchObject({ process: "join_fits", role: "result" });
    expect(await scan.factsAt("spill-lab", scan.filesAt(mixed?.name ?? "", "no/such.pkl"))).toEqual([mixed]);
  });

  it("tell which spilled files are orphans: those that no result of a living entry names", async () => {
    const scan = await openFixture("versions/workspace/spill-lab", "spill-lab", ".spill-lab");
    const facts = await collect(scan.facts("spill-lab", running));
    const nameOf = new Map(facts.map(({ id, name }) => [id, name]));
    const gone = new Set(versions.deleted_rows.map((row) => row.cache_path));
    const results = facts.filter(({ role, name }) => role === "result" && !gone.has(name)).map(({ name }) => name);
    const owners = new Map<string, string[]>();
    for (const [index, references] of (await scan.referencesOf("spill-lab", scan.filesAt(...results))).entries()) {
      for (const { artifactId } of references ?? []) {
        const name = nameOf.get(artifactId) ?? artifactId;
        owners.set(name, [...(owners.get(name) ?? []), results[index] as string]);
      }
    }
    const wanted = Object.entries(versions.spilled_referenced).map(([name, by]) => [
      name,
      by.map(({ pickle }) => pickle).sort(),
    ]);
    expect(Object.fromEntries([...owners].map(([name, by]) => [name, by.toSorted()]))).toEqual(
      Object.fromEntries(wanted),
    );
    const spilled = facts.filter(({ role }) => role === "array" || role === "model").map(({ name }) => name);
    const orphans = [...versions.orphaned.map(({ path }) => path), ...versions.spilled_left_by_broken_entry].filter(
      (path) => !path.endsWith(".pkl"),
    );
    expect(spilled.filter((name) => !owners.has(name)).sort()).toEqual(orphans.sort());
    expect(
      [...owners]
        .filter(([, by]) => by.length > 1)
        .map(([name]) => name)
        .sort(),
    ).toEqual(versions.spilled_overwritten_by_a_later_run.toSorted());
    expect(await scan.referencesOf("spill-lab", scan.filesAt(versions.broken_entry.missing))).toEqual([null]);
  });

  it("are read in the old folders and in a bucket too", async () => {
    const old = await collect(
      (await openFixture("redis-0.1.9-files/projects/wine-old", "wine-old", "", "old")).facts("wine-old", running),
    );
    expect(
      old
        .filter(({ role }) => role === "result")
        .map(({ process }) => process ?? "")
        .sort(),
    ).toEqual(["", "bars", "prepare", "score", "train"]);
    expect(old.filter(({ role }) => role === "chart").map(({ name }) => name)).toEqual([
      expect.stringMatching(/bars\.png$/),
    ]);
    const bucket = await openFixture("gcs/lab-bucket", "wine-lab", "wine-lab", "bucket");
    const stored = await collect(bucket.facts("wine-lab", running));
    const forest = stored
      .filter(({ role, process, step }) => role === "result" && process === "train_forest" && step === null)
      .map(({ name }) => name);
    const models = stored.filter(({ role }) => role === "model").map(({ id }) => id);
    const references = (await bucket.referencesOf("wine-lab", bucket.filesAt(...forest))).flat();
    expect(references.map((reference) => reference?.artifactId).sort()).toEqual(models.sort());
    expect(models).toHaveLength(2);
    const sizes = new Map(stored.map(({ id, bytes }) => [id, bytes]));
    for (const reference of references) expect(reference?.bytesRecorded).toBe(sizes.get(reference?.artifactId ?? ""));
  });
});

/** `{"a": {"__mlops_payload_ref__": True, "uri": …}}` in protocol 0. */
const pickleOf = (uri: string) => Buffer.from(`(dp0\nVa\n(dp1\nV__mlops_payload_ref__\nI01\nsVuri\nV${uri}\nss.`);

describe("references", () => {
  const uri = "/anywhere/p/.p/cache/v/p_x/payloads/run/a/1.npz";

  async function openMade(files: Map<string, Uint8Array>, memo?: Map<string, { token: string; value: PlainValue }>) {
    const driver = await openMemoryBlobDriver({ files });
    const reads: string[] = [];
    const counting: BlobDriver = {
      ...driver,
      location: "made",
      read: (path, range) => {
        reads.push(path);
        return driver.read(path, range);
      },
    };
    return { scan: scanOf(placeOf("p", counting, "p/.p"), openMemoryContext({ memo })), reads };
  }
  const result = "p/.p/cache/r.pkl";

  it("are found wherever the machine that ran kept the project, packed or not", async () => {
    const { scan } = await openMade(
      new Map([
        [result, pickleOf(uri)],
        ["packed.pkl", deflateSync(pickleOf(uri))],
        ["p/.p/cache/v/p_x/payloads/run/a/1.npz", Buffer.from("")],
      ]),
    );
    const [array] = await collect(scan.facts("p", running)).then((facts) =>
      facts.filter(({ name }) => name.endsWith(".npz")),
    );
    const expected = [{ artifactId: array?.id, role: "array" }];
    expect(await scan.referencesOf("p", scan.filesAt(result, "packed.pkl"))).toEqual([expected, expected]);
  });

  it("are remembered until the file changes, also after a restart", async () => {
    const files = new Map([[result, pickleOf(uri)]]);
    const memo = new Map<string, { token: string; value: PlainValue }>();
    const first = await openMade(files, memo);
    expect(await first.scan.referencesOf("p", first.scan.filesAt(result), { remembered: true })).toEqual([null]);
    const answer = await first.scan.referencesOf("p", first.scan.filesAt(result));
    const second = await openMade(files, memo);
    expect(await second.scan.referencesOf("p", second.scan.filesAt(result), { remembered: true })).toEqual(answer);
    expect(await second.scan.referencesOf("p", second.scan.filesAt(result))).toEqual(answer);
    expect([first.reads.length, second.reads.length]).toEqual([1, 0]);
    files.set(result, pickleOf(`${uri}.other`));
    expect(await second.scan.referencesOf("p", second.scan.filesAt(result), { remembered: true })).toEqual([null]);
    expect(await second.scan.referencesOf("p", second.scan.filesAt(result))).not.toEqual(answer);
  });

  it("are not known of what is missing, cut, no pickle or too large, which is never read twice", async () => {
    const { scan, reads } = await openMade(
      new Map([
        ["cut.pkl", pickleOf(uri).subarray(0, 40)],
        ["text.pkl", Buffer.from("<html>")],
        ["bad.pkl", Buffer.from([0x78, 0x9c, 1, 2, 3])],
      ]),
    );
    for (const _ of [1, 2])
      expect(await scan.referencesOf("p", scan.filesAt("cut.pkl", "text.pkl", "bad.pkl", "gone.pkl"))).toEqual([
        null,
        null,
        null,
        null,
      ]);
    expect(reads).toHaveLength(3);
  });
});

describe("a hundred thousand files", () => {
  it("come in batches of at most a thousand, and stop when told to", async () => {
    const driver = await openMemoryBlobDriver({ files: new Map() });
    let listed = 0;
    const endless: BlobDriver = {
      ...driver,
      list: async ({ prefix, limit = 0 }) => {
        const items = Array.from({ length: limit }, (_, index) => ({
          path: `${prefix}/steps/${listed + index}.pkl`,
          bytes: 1,
          modifiedAt: null,
          token: "",
        }));
        listed += limit;
        return { items, cursor: listed < 100_000 ? String(listed) : null };
      },
    };
    const stop = new AbortController();
    const scan = openPayloadScan(fixedPlaces(placeOf("p", endless, "")), openMemoryContext());
    const sizes: number[] = [];
    for await (const batch of scan.facts("p", stop.signal)) {
      sizes.push(batch.length);
      if (sizes.length === 40) stop.abort();
    }
    expect(sizes).toEqual(Array(40).fill(1_000));
  });
});
