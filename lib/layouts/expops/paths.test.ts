import { describe, expect, test } from "vitest";
import { openMemoryBlobDriver } from "../../drivers/memory/memory-blob-driver.ts";
import { belowRuntime, hashesOfResult, placeFile, versionOfPath } from "./paths.ts";
import type { Runtime } from "./seams.ts";

const version = "f".repeat(64);
const [i, c, f] = ["a".repeat(64), "b".repeat(64), "c".repeat(64)];

test("hashes are read from a result's name, which may hold underscores and colons", () => {
  expect(hashesOfResult(`x/stable___process[@name='join']_mix:_rows_${i}_${c}_${f}.pkl`)).toEqual({
    input: i,
    config: c,
    function: f,
  });
  expect(hashesOfResult(`stable_process____process[@name='fan']_${i}_${c}_none.pkl`)).toMatchObject({
    function: "none",
  });
  expect(hashesOfResult("model.joblib")).toBeNull();
});

describe("recorded paths", () => {
  test.each([
    [`/srv/ws/sqlite/wine-lab/.wine-lab/cache/${version}/p_x/steps/a.pkl`, `cache/${version}/p_x/steps/a.pkl`],
    [`/home/me/wine-lab/old/wine-lab/.wine-lab/artifacts/${version}/p_x/a.png`, `artifacts/${version}/p_x/a.png`],
    ["/srv/ws/old/projects/wine-lab/cache/steps/a.pkl", "cache/steps/a.pkl"],
    ["/x/wine-lab/artifacts/charts/run/bars/t/bars.png", "artifacts/charts/run/bars/t/bars.png"],
    [`gs://lab-bucket/wine-lab/cache/${version}/p_x/steps/run/a.pkl`, `cache/${version}/p_x/steps/run/a.pkl`],
    ["C:\\ws\\wine-lab\\.wine-lab\\cache\\steps\\a.pkl", "cache/steps/a.pkl"],
    ["/tmp/mlops/a.png", null],
    ["/srv/ws/other/.other/cache/a.pkl", null],
  ])("%s", (recorded, rest) => {
    expect(belowRuntime(recorded, "wine-lab")).toBe(rest);
  });

  test("the version is the folder below cache or artifacts, not any long hex name", () => {
    expect(versionOfPath(`/ws/.p/cache/${version}/p_x/steps/a.pkl`)).toBe(version);
    expect(versionOfPath("/ws/projects/p/cache/steps/a.pkl")).toBeNull();
    expect(versionOfPath(`/ws/${version}/a.pkl`)).toBeNull();
  });

  test("lead nowhere when no slot shows the project's files", () => {
    const place = { project: "wine-lab", runtimes: [], logs: null, code: [] };
    expect(placeFile(`/srv/ws/wine-lab/.wine-lab/cache/${version}/a.pkl`, place)).toBeNull();
  });

  test("a bucket's address leads into a bucket, the one of its name before another, and a local path into the folder", async () => {
    const local = await runtimeAt("wine-lab/.wine-lab", "local");
    const [first, second] = [await runtimeAt("wine-lab", "bucket"), await runtimeAt("wine-lab", "bucket")];
    first.driver = { ...first.driver, location: "gs://first" };
    second.driver = { ...second.driver, location: "gs://second" };
    const place = (...runtimes: Runtime[]) => ({ project: "wine-lab", runtimes, logs: null, code: [] });
    const address = `gs://second/wine-lab/cache/${version}/a.pkl`;
    const path = `/srv/wine-lab/.wine-lab/cache/${version}/a.pkl`;
    const both = place(local, first, second);
    expect(placeFile(address, both)).toEqual({ runtime: second, path: `wine-lab/cache/${version}/a.pkl` });
    expect(placeFile(path, both)).toEqual({ runtime: local, path: `wine-lab/.wine-lab/cache/${version}/a.pkl` });
    expect(placeFile(address, place(first))?.runtime).toBe(first);
    expect([placeFile(address, place(local)), placeFile(path, place(first))]).toEqual([null, null]);
  });
});

async function runtimeAt(folder: string, era: Runtime["era"]): Promise<Runtime> {
  return { era, driver: await openMemoryBlobDriver({ files: new Map() }), folder, namePrefix: "" };
}
