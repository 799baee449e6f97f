import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { keepStore } from "./kept-store.ts";
import { hashOf } from "./random.ts";
import { createStoredIndex, hashesOf, resultPath } from "./stored-index.ts";

const project = "orphaned";
const versions = 100;
/** A younger one may still wait for its record. */
const writtenAt = new Date(Date.UTC(2026, 0, 1));

/** A workspace with an empty index and result files of 20 processes with 3 steps, as many runs with many versions leave them. */
export function keepResultFiles(count: number): Promise<string> {
  return keepStore(`result-files-${count}`, (workspace) => {
    const storage = join(workspace, project, `.${project}`);
    mkdirSync(storage, { recursive: true });
    createStoredIndex(join(storage, "metrics.sqlite")).close();
    const folders = new Set<string>();
    for (let number = 0; number < count; number += 1) {
      const process = `process_${number % 20}`;
      const step = `step_${number % 3}`;
      const version = hashOf("version", number % versions);
      const path = join(storage, resultPath(version, process, step, hashesOf(process, step, number)));
      if (!folders.has(dirname(path))) mkdirSync(dirname(path), { recursive: true });
      folders.add(dirname(path));
      writeFileSync(path, "");
      utimesSync(path, writtenAt, writtenAt);
    }
  });
}
