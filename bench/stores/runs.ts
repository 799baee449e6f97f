import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hashVersion } from "../../lib/layouts/expops/version-hash.ts";
import { configureSources } from "../../lib/sources/source-config.ts";
import { openState } from "../../lib/state/state.ts";
import { keepStore } from "./kept-store.ts";
import { randomOf } from "./random.ts";
import { createStoredIndex, type Hashes, hashesOf, metricKey, resultPath, runNameOf, xpath } from "./stored-index.ts";

export interface RunsStore {
  /** To be shown. */
  workspace: string;
  /** A state that holds the config and script of every run, for a server to begin with. */
  state: string;
}

/** Params of a run: 2 global ones, 12 of `train`, 6 of `evaluate`. */
const trainParams = Array.from({ length: 11 }, (_, index) => `option_${index}`);
const evaluateParams = Array.from({ length: 6 }, (_, index) => `limit_${index}`);
/** Metrics of a run by where they are logged: 180 in all. */
const figures = 60;
const courses = ["loss", "val_loss"];
const coursePoints = 20;

const project = "sweep";
const firstStart = Date.UTC(2026, 0, 1) / 1000;
const script = `from expops.core import log_metric, process, step

${["prepare", "train", "evaluate"]
  .map(
    (name) => `
@process()
def ${name}(rows=None, **options):
    @step()
    def fit(rows, options):
        total = 0.0
        for row in rows or []:
            total += sum(float(cell) for cell in row) * float(options.get("scale", 1))
            log_metric("rows", total)
        return {"total": total}

    return fit(rows=rows, options=options)
`,
  )
  .join("\n")}`;

/**
 * A workspace with one project of `count` runs as a sweep leaves them: a config of its own for each, `prepare` reused, `train` (with its step) and
 * `evaluate` executed, 20 params, 180 metrics, results in the cache.
 */
export async function keepRuns(count: number): Promise<RunsStore> {
  const folder = await keepStore(`runs-${count}`, (made) => writeRuns(placesIn(made), count));
  return placesIn(folder);
}

function placesIn(folder: string): RunsStore {
  return { workspace: join(folder, "workspace"), state: join(folder, "state") };
}

function writeRuns({ workspace, state: stateFolder }: RunsStore, count: number): void {
  const runtime = join(workspace, project, `.${project}`);
  mkdirSync(runtime, { recursive: true });
  const state = openState(stateFolder, { lasting: true });
  const source = configureSources([{ target: workspace }], "/")[0]!.id;
  const index = createStoredIndex(join(runtime, "metrics.sqlite"));
  const random = randomOf(1);
  const sharedHashes = hashesOf("prepare");
  const first = runNameOf(project, firstStart);

  const executed = (run: string, at: number, process: string, seconds: number, path: string) => ({
    ...{ status: "completed", execution_time: seconds, ended_at: at + seconds, process_name: xpath(process) },
    ...{ run_id: run, cache_path: `/srv/ws/${project}/.${project}/${path}`, started_at: at },
  });
  const store = (path: string) => {
    mkdirSync(dirname(join(runtime, path)), { recursive: true });
    writeFileSync(join(runtime, path), emptyPickle);
  };

  for (let number = 0; number < count; number += 1) {
    const at = firstStart + number * 60;
    const run = runNameOf(project, at);
    const files = [
      { path: "configs/project_config.yaml", bytes: Buffer.from(configOf(number)) },
      { path: "src/pipeline.py", bytes: Buffer.from(script) },
    ];
    const version = hashVersion(files[0]!.bytes, new Map([["main", files[1]!.bytes]]));
    state.snapshots.save(source, { hash: version, seenAt: at * 1000, files });
    if (number === 0) {
      for (const { path, bytes } of files) {
        mkdirSync(dirname(join(workspace, project, path)), { recursive: true });
        writeFileSync(join(workspace, project, path), bytes);
      }
    }

    index.put(`runs:${run}:status`, number % 20 === 7 ? "failed" : "completed", at + 40);
    index.put(`runs:${run}:timestamps`, { start: null, end: at + 40 }, at + 40);
    const use = (process: string, step: string | null, record: object) =>
      index.put(`runs:${run}:steps:${xpath(process)}:${step ?? "__process__"}`, record, at + 40);

    const sharedPath = resultPath(version, "prepare", null, sharedHashes);
    const prepared = executed(run, at, "prepare", 5, sharedPath);
    if (number === 0) {
      store(sharedPath);
      use("prepare", null, prepared);
      index.put(processKey("prepare", sharedHashes), prepared, at + 5);
    } else use("prepare", null, { ...prepared, status: "cached", cached_run_id: first, cached_execution_time: 5 });

    for (const [process, step] of [
      ["train", null],
      ["train", "fit"],
      ["evaluate", null],
    ] as const) {
      const hashes = hashesOf(process, step ?? "", number);
      const path = resultPath(version, process, step, hashes);
      const record = { ...executed(run, at + 10, process, 20 + (number % 7), path), ...(step && { step_name: step }) };
      store(path);
      use(process, step, record);
      index.put(step ? stepKey(process, step, hashes) : processKey(process, hashes), record, at + 40);
      const numbers = Array.from({ length: figures - (step ? courses.length : 0) }, (_, metric) => [
        `${step ?? process}_${metric}`,
        { "1": random() },
      ]);
      const lines = step ? courses.map((name) => [name, courseOf(random)]) : [];
      index.put(metricKey(run, process, step), Object.fromEntries([...numbers, ...lines]), at + 39);
    }
  }
  index.close();
  state.close();
}

/** Protocol 4, an empty dict. */
const emptyPickle = Buffer.from("80047d942e", "hex");

function courseOf(random: () => number): Record<string, number> {
  return Object.fromEntries(
    Array.from({ length: coursePoints }, (_, step) => [String(step + 1), 1 / (step + 1) + random() / 10]),
  );
}

function configOf(run: number): string {
  const lines = (names: string[]) => names.map((name, index) => `          ${name}: ${(run * (index + 1)) % 10}`);
  return `metadata:
  name: "${project}"
  version: "1.0.0"
scripts:
  main: "src/pipeline.py"
reproducibility:
  random_seed: 7
experiment:
  cache:
    backend:
      type: local
  parameters:
    test_size: 0.25
  pipeline:
    process_adjlist: |
      prepare train
      train evaluate
    processes:
      - name: "prepare"
      - name: "train"
        parameters:
          rate: ${(run + 1) / 10_000}
${lines(trainParams).join("\n")}
      - name: "evaluate"
        parameters:
${lines(evaluateParams).join("\n")}
`;
}

function processKey(process: string, { input, config, function: code }: Hashes): string {
  return `process:${xpath(process)}:${input}:${config}:${code}`;
}

function stepKey(process: string, step: string, { input, config, function: code }: Hashes): string {
  return `steps:${xpath(process)}:${step}:${input}:${config}:${code}`;
}
