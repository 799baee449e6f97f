import type { ToldKey } from "../../contracts/layout.ts";
import type { ProcessSources, VersionSources } from "../../domain/explain/evidence.ts";
import type { PlainValue } from "../../domain/values.ts";
import { isSection, list, type Section, section, text, tidySection } from "./config-sections.ts";
import { displayProcess, withoutCopy } from "./names.ts";
import { hashesOfResult, versionOfPath } from "./paths.ts";
import { readPythonYaml } from "./python-yaml.ts";
import type { RunRecords } from "./run-records.ts";
import type { VersionBook } from "./seams.ts";
import { readVersionCode } from "./version-code.ts";
import { configPath } from "./version-files.ts";

const mostProcesses = 500;
/** Letters of code told of one version. */
const mostCode = 512 * 1024;

/** The keys that the paths of results tell: the hashes stand in the file's name. */
export function keysOfRun({ uses }: RunRecords): ToldKey[] {
  return uses.flatMap(({ process, step, record }) => {
    const hashes = record.resultPath === null ? null : hashesOfResult(record.resultPath);
    if (!hashes || record.resultPath === null) return [];
    const version = versionOfPath(record.resultPath);
    return [{ process: displayProcess(process), step, parts: { ...hashes }, version }];
  });
}

/**
 * What of a version's config and code goes into the keys of its processes. Source: docs/layouts/expops.md, "The hashes, and why a miss
 * happened".
 */
export async function readKeySources(
  book: VersionBook,
  hash: string,
  project: string,
  processes: readonly string[],
): Promise<VersionSources | null> {
  const files = await book.readFiles(hash, project);
  const bytes = files?.files.find(({ path }) => path === configPath)?.bytes;
  const code = files?.config && (await readVersionCode(book, hash, project));
  if (!files?.config || !bytes || !code) return null;
  const { value } = readPythonYaml(new TextDecoder().decode(bytes));
  const root = section(value);
  const declared = new Map(list(pipelineOf(root).processes).map((one) => [text(section(one).name), section(one)]));
  const charts = new Set(files.config.processes.filter(({ isChart }) => isChart).map(({ name }) => name));
  const known = new Set(files.config.processes.map(({ name }) => name));
  let letters = 0;
  const told = processes.slice(0, mostProcesses).flatMap((process): [string, ProcessSources][] => {
    const name = known.has(process) ? process : withoutCopy(process);
    if (!known.has(name)) return [];
    const covered = code.covered(process);
    letters += covered?.reduce((sum, { text }) => sum + text.length, 0) ?? 0;
    const own = flatten(readOwn(declared.get(name) ?? {}));
    return [[process, { isChart: charts.has(name), own, code: letters > mostCode ? null : covered }]];
  });
  return { shared: flatten(readShared(root)), sections: Object.keys(root), processes: Object.fromEntries(told) };
}

function pipelineOf(root: Section): Section {
  return section(section(root.experiment).pipeline ?? section(section(root.model).parameters).pipeline);
}

/** Of a process all but what only places it: `name` and `code` stand for the process itself. */
function readOwn({ name: _name, code: _code, parameters, hyperparameters, ...rest }: Section): Section {
  return { ...rest, ...section(parameters), ...section(hyperparameters) };
}

/** Params and the seed by their own names, as everywhere; the rest by its path. */
function readShared(root: Section): Section {
  const old = section(section(root.model).parameters);
  const { pipeline: _pipeline, parameters, hyperparameters, cache, ...experiment } = section(root.experiment ?? old);
  const { random_seed, ...reproducibility } = section(root.reproducibility);
  const { ttl_hours, ...cacheRest } = section(cache);
  const { name, version } = section(root.metadata);
  const given = {
    ...section(parameters),
    ...section(hyperparameters),
    random_seed,
    ttl_hours,
    cache: cacheRest,
    experiment,
    reproducibility,
    data: section(root.data),
    metadata: { name, version },
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Section;
}

/** Nested settings by path: `cache.backend.host`. Values named like a secret are masked. */
function flatten(values: Section, path = ""): Record<string, PlainValue> {
  return Object.fromEntries(
    Object.entries(tidySection(values)).flatMap(([name, value]): [string, PlainValue][] => {
      if (value === undefined) return [];
      return isSection(value) ? Object.entries(flatten(value, `${path}${name}.`)) : [[`${path}${name}`, value]];
    }),
  );
}
