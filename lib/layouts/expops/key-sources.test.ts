import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openFilesDriver } from "../../drivers/files/files-driver.ts";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import { keysOfRun, readKeySources } from "./key-sources.ts";
import { collectRun } from "./run-records.ts";
import { fixtures } from "./testing/collect-facts.ts";
import { fixedPlaces, openMemoryContext } from "./testing/memory-context.ts";
import { hashes, StoredProject, version } from "./testing/stored-project.ts";
import { hashVersion } from "./version-hash.ts";
import { openVersionBook } from "./versions.ts";

const config = `
metadata: {name: lab, version: "1", description: no matter}
scripts: {main: src/main.py, charts: src/charts.py}
reproducibility: {random_seed: 7}
data: {path: data.csv}
experiment:
  parameters: {rows: 400}
  cache: {ttl_hours: 72, backend: {type: redis, host: here, password: hush}}
  pipeline:
    process_adjlist: fit plot
    processes:
      - {name: fit, parameters: {alpha: 0.5}, environment: plain}
      - {name: plot, code: charts.plot, probe_paths: {loss: "//process[@name='fit']"}}
`;
const main = `
@step()
def solve(x):
    return x + helper()

def helper():
    return 1

def fit(x):
    # a comment
    return solve(x)
`;
const charts = "def plot(): pass\n";

async function read(processes: string[]) {
  const text = (content: string) => new TextEncoder().encode(content);
  const files = new Map([
    ["configs/project_config.yaml", config],
    ["src/main.py", main],
    ["src/charts.py", charts],
  ]);
  const driver = await openMemoryBlobDriver({ files });
  const code = [{ driver, folder: "", namePrefix: "" }];
  const book = openVersionBook(fixedPlaces({ project: "lab", runtimes: [], logs: null, code }), openMemoryContext());
  const scripts = new Map([
    ["main", text(main)],
    ["charts", text(charts)],
  ]);
  return readKeySources(book, hashVersion(text(config), scripts), "lab", processes);
}

describe("what a version says that goes into keys", () => {
  it("tells shared settings by path, params and seed by their names, and masks secrets", async () => {
    const sources = await read(["fit"]);
    expect(sources?.shared).toEqual({
      rows: 400,
      random_seed: 7,
      ttl_hours: 72,
      "cache.backend.type": "redis",
      "cache.backend.host": "here",
      "cache.backend.password": "••••••",
      "data.path": "data.csv",
      "metadata.name": "lab",
      "metadata.version": "1",
    });
    expect(sources?.sections).toContain("reproducibility");
  });

  it("tells of a process its own settings, and the code that its key covers: helpers are in no key", async () => {
    const fit = (await read(["fit"]))?.processes.fit;
    expect(fit).toMatchObject({ isChart: false, own: { alpha: 0.5, environment: "plain" } });
    expect(fit?.code?.map(({ name }) => name)).toEqual(["fit", "solve"]);
    expect(fit?.code?.[0]?.text).toBe("def fit(x):\n    # a comment\n    return solve(x)");
    expect(fit?.code?.[0]?.compared).not.toContain("comment");
  });

  it("takes a chart's whole script, and a copy of a fan-out by its process", async () => {
    const sources = await read(["plot", "fit[seed=41]", "unheard-of"]);
    expect(sources?.processes.plot).toMatchObject({
      isChart: true,
      code: [{ name: "src/charts.py", text: charts, compared: charts }],
    });
    expect(sources?.processes["fit[seed=41]"]?.own).toEqual({ alpha: 0.5, environment: "plain" });
    expect(Object.keys(sources?.processes ?? {})).toEqual(["plot", "fit[seed=41]"]);
  });

  it("is not known for files that nobody has", async () => {
    const driver = await openFilesDriver({ path: join(fixtures, "sqlite-local/wine-lab") });
    const code = [{ driver, folder: "", namePrefix: "" }];
    const places = fixedPlaces({ project: "wine-lab", runtimes: [], logs: null, code });
    expect(
      await readKeySources(openVersionBook(places, openMemoryContext()), "0".repeat(64), "wine-lab", []),
    ).toBeNull();
  });
});

it("the keys of a run stand in the paths of its results", () => {
  const lab = new StoredProject();
  const rows = [
    { process: "//process[@name='fit']", step: null, record: { status: "cached", cache_path: lab.resultPath("fit") } },
    { process: "//process[@name='fit']", step: "solve", record: { status: "cached", cache_path: null } },
  ].map(({ process, step, record }) => ({
    parsed: { kind: "use" as const, run: "r", process, step },
    text: JSON.stringify(record),
    changedAt: null,
  }));
  expect(keysOfRun(collectRun("lab", "r", rows as Parameters<typeof collectRun>[2]))).toEqual([
    { process: "fit", step: null, parts: hashes, version },
  ]);
});
