import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { keepStore } from "./kept-store.ts";
import { randomOf } from "./random.ts";
import { createStoredIndex, metricKey, runNameOf, xpath } from "./stored-index.ts";

const project = "long";
const startedAt = Date.UTC(2026, 0, 1) / 1000;

/** One run with `count` probe paths of one metric each, every metric with `points` points. */
export async function keepSeries(count: number, points: number): Promise<string> {
  const pathIn = (folder: string) => join(folder, `.${project}`, "metrics.sqlite");
  const folder = await keepStore(`series-${count}-${points}`, (made) => {
    mkdirSync(dirname(pathIn(made)), { recursive: true });
    const random = randomOf(2);
    const run = runNameOf(project, startedAt);
    const index = createStoredIndex(pathIn(made));
    const end = startedAt + points;
    index.put(`runs:${run}:status`, "completed", end);
    index.put(`runs:${run}:timestamps`, { start: null, end }, end);
    for (let number = 0; number < count; number += 1) {
      const process = `fit_${number}`;
      const record = { status: "completed", execution_time: points, started_at: startedAt, ended_at: end, run_id: run };
      index.put(`runs:${run}:steps:${xpath(process)}:__process__`, { ...record, process_name: xpath(process) }, end);
      const course = Object.fromEntries(
        Array.from({ length: points }, (_, step) => [String(step), 1 / (1 + step / 1000) + random() / 50]),
      );
      index.put(metricKey(run, process, null), { loss: course }, end);
    }
    index.close();
  });
  return pathIn(folder);
}
