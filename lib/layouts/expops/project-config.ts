import type { PlainValue } from "../../domain/values.ts";
import { type CacheSettings, readCacheSettings } from "./cache-settings.ts";
import { isSection, isSet, list, type Section, section, text, tidySection } from "./config-sections.ts";
import { readPythonYaml } from "./python-yaml.ts";

export interface ConfiguredProcess {
  name: string;
  isChart: boolean;
  /** Where a chart reads its metrics, by the name the chart gives them. */
  probePaths: Record<string, string>;
  /** `<script key>.<function>`; `null`: the function is named like the process. */
  code: string | null;
  /** Copies made of everything downstream: one a seed, or one a part of the data. */
  seeds: number[];
  parts: number;
  /** Joins the copies of the latest fan-out above it. */
  joinsSeeds: boolean;
  joinsParts: boolean;
}

export interface ProjectConfig {
  name: string | null;
  /** Entries of `scripts:` as they enter the version hash; a value is `null` when it is no path. `null`: no such section. */
  scripts: ReadonlyMap<string, string | null> | null;
  /** Paths of the old spelling, below the workspace: they are not in any hash. */
  oldScripts: readonly string[];
  processes: readonly ConfiguredProcess[];
  edges: readonly { from: string; to: string }[];
  /** `<process>.<param>`; global ones `<param>`. Long texts are cut, values named like a secret masked. */
  params: Record<string, PlainValue>;
  cache: CacheSettings;
  dataPath: string | null;
  /** The `environment:` section. */
  environment: Record<string, PlainValue>;
}

export interface ConfigReading {
  /** `null`: it cannot be read; `problems` says why. */
  config: ProjectConfig | null;
  problems: string[];
}

const largestConfig = 1024 * 1024;
const mostProcesses = 5_000;
const mostParams = 2_000;

/**
 * Reads `project_config.yaml` in every spelling met: from 0.1.25 (`scripts`, `experiment.*`), 0.1.0–0.1.9 (`model.parameters.*`,
 * `reporting.charts`) and the short old one (`cache.backend` and `cache.kv_backend` as words). Never throws.
 * Source: docs/layouts/expops.md, "Config and environment".
 */
export function parseProjectConfig(bytes: Uint8Array): ConfigReading {
  if (bytes.length > largestConfig)
    return { config: null, problems: [`the config is larger than ${largestConfig} bytes`] };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { config: null, problems: ["the config is not UTF-8 text"] };
  }
  const { value, problems } = readPythonYaml(text);
  if (value === undefined) return { config: null, problems: problems.map((problem) => `the config is ${problem}`) };
  return { config: readConfig(section(value)), problems };
}

function readConfig(root: Section): ProjectConfig {
  const experiment = section(root.experiment);
  const old = section(section(root.model).parameters);
  const pipeline = section(experiment.pipeline ?? old.pipeline);
  const charts = list(section(root.reporting).charts).map(section);
  const declared = list(pipeline.processes).map(section).slice(0, mostProcesses);
  const edges = [...readAdjacency(pipeline.process_adjlist), ...declared.flatMap(readDependencies)];
  const named = new Map(declared.map((process) => [text(process.name), process]));
  const names = new Set(
    [...edges.flatMap(({ from, to }) => [from, to]), ...named.keys()].filter((name) => name !== null),
  );
  return {
    name: text(section(root.metadata).name),
    scripts: isSection(root.scripts)
      ? new Map(Object.entries(root.scripts).map(([key, path]) => [key, typeof path === "string" ? path : null]))
      : null,
    oldScripts: [old.custom_script_path, section(root.reporting).static_entrypoint]
      .map(text)
      .filter((path) => path !== null),
    processes: [...names].slice(0, mostProcesses).map((name) =>
      readProcess(
        name,
        named.get(name) ?? {},
        charts.find((chart) => chart.name === name),
      ),
    ),
    edges,
    params: readParams(root, experiment, old, declared),
    cache: readCacheSettings(section(experiment.cache ?? old.cache)),
    dataPath: text(section(root.data).path),
    environment: tidySection(section(root.environment)),
  };
}

function readProcess(name: string, entry: Section, chart: Section | undefined): ConfiguredProcess {
  const probes = entry.probe_paths ?? chart?.probe_paths;
  // A Matplotlib component reads metrics in its own process and stays an ordinary node.
  const ownComponent = text(entry.component)?.startsWith("matplotlib.") ?? false;
  return {
    name,
    isChart: (isSet(probes) && !ownComponent) || text(entry.type)?.toLowerCase() === "chart",
    probePaths: Object.fromEntries(
      Object.entries(section(probes)).flatMap(([key, path]) => (text(path) === null ? [] : [[key, text(path) ?? ""]])),
    ),
    code: text(entry.code) ?? text(entry.code_function),
    seeds: readSeeds(entry.seed_parallelism),
    parts: readParts(entry.data_parallelism),
    joinsSeeds: Boolean(entry.seed_aggregation),
    joinsParts: Boolean(entry.data_aggregation),
  };
}

/** Each line a node and its successors, split at white space; `#` starts a comment. A list of such lines is taken too. */
function readAdjacency(value: PlainValue | undefined): { from: string; to: string }[] {
  const lines = typeof value === "string" ? value.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/) : list(value).map(String);
  return lines.flatMap((line) => {
    const [from, ...successors] = (line.split("#", 1)[0] ?? "").trim().split(/\s+/).filter(Boolean);
    return from === undefined ? [] : successors.map((to) => ({ from, to }));
  });
}

function readDependencies(process: Section): { from: string; to: string }[] {
  const to = text(process.name);
  return to === null
    ? []
    : list(process.depends_on).flatMap((from) => (typeof from === "string" ? [{ from, to }] : []));
}

function readSeeds(value: PlainValue | undefined): number[] {
  const merged = Array.isArray(value) && value.some(isSection) ? Object.assign({}, ...value.filter(isSection)) : value;
  const seeds = list(isSection(merged) ? merged.seeds : merged).map(Number);
  return seeds.every(Number.isSafeInteger) ? [...new Set(seeds)] : [];
}

function readParts(value: PlainValue | undefined): number {
  const merged = Array.isArray(value) ? Object.assign({}, ...value.filter(isSection)) : section(value);
  const size = Array.isArray(merged.size) ? merged.size.length : Number(merged.size ?? 0);
  return Number.isSafeInteger(size) && size > 0 ? size : 0;
}

function readParams(
  root: Section,
  experiment: Section,
  old: Section,
  processes: readonly Section[],
): Record<string, PlainValue> {
  const {
    custom_script_path: _script,
    cache: _cache,
    executor: _executor,
    pipeline: _pipeline,
    ...oldParameters
  } = old;
  const cache = section(experiment.cache ?? old.cache);
  const seed = section(root.reproducibility).random_seed;
  const globals = {
    ...oldParameters,
    ...section(experiment.parameters),
    ...section(experiment.hyperparameters),
    ...(cache.ttl_hours === undefined ? {} : { ttl_hours: cache.ttl_hours }),
    ...(seed === undefined ? {} : { random_seed: seed }),
  };
  const own = processes.flatMap((process) =>
    Object.entries({ ...section(process.parameters), ...section(process.hyperparameters) }).map(
      ([name, value]) => [`${process.name}.${name}`, value] as const,
    ),
  );
  return tidySection(Object.fromEntries([...Object.entries(globals), ...own].slice(0, mostParams)));
}
