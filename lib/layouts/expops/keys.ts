import { decodeProbePath, processMark } from "./names.ts";

/**
 * Keys of the index, both ways. SQLite holds them bare, Redis below `mlops:projects:<project>:` and with `idx` before the hashes.
 * Names hold any character, so keys are read from the right. Facts: docs/layouts/expops.md, "Keys".
 */
export type Dialect = "sqlite" | "redis";

export const redisPrefix = "mlops:projects:";
/** Where 0.1.0 to 0.1.9 tell what runs do. */
export const eventChannels = `${redisPrefix}*:events`;

export interface KeyHashes {
  input: string;
  config: string;
  /** `none`: a node without a function (a seed or data split). */
  function: string;
}

export type ParsedKey =
  /** `process` and `step` as stored. A step's names may be cut wrongly up to 0.1.9 (both may hold `:`): the record knows better. */
  | { kind: "entry"; process: string; step: string | null; hashes: KeyHashes }
  | { kind: "status" | "timestamps" | "stats"; run: string }
  | { kind: "use"; run: string; process: string; step: string | null }
  | { kind: "charts"; run: string; process: string }
  | { kind: "metrics"; run: string; probePath: string };

const toolRunName = /^(project-.*?-\d{14}-[0-9a-f]{8}):/s;

/** `null`: no key of this tool. `key` is without the Redis prefix. */
export function parseKey(key: string, dialect: Dialect): ParsedKey | null {
  if (key.startsWith("process:")) return parseEntry(key.slice("process:".length), dialect, false);
  if (key.startsWith("steps:")) return parseEntry(key.slice("steps:".length), dialect, true);
  if (key.startsWith("runs:")) return parseRunKey(key.slice("runs:".length));
  if (key.startsWith("metric:")) return parseMetricKey(key.slice("metric:".length));
  return null;
}

/** A Redis key with its project; the project may hold `:` itself, so the first reading that makes sense counts. */
export function parseRedisKey(key: string): { project: string; bare: string; parsed: ParsedKey } | null {
  if (!key.startsWith(redisPrefix)) return null;
  for (let at = key.indexOf(":", redisPrefix.length); at >= 0; at = key.indexOf(":", at + 1)) {
    const bare = key.slice(at + 1);
    const parsed = parseKey(bare, "redis");
    if (parsed) return { project: key.slice(redisPrefix.length, at), bare, parsed };
  }
  return null;
}

export function entryKey(process: string, step: string | null, hashes: KeyHashes, dialect: Dialect): string {
  const head = step === null ? `process:${process}` : `steps:${process}:${step}`;
  return `${head}${dialect === "redis" ? ":idx" : ""}:${hashes.input}:${hashes.config}:${hashes.function}`;
}

/** The run whose key this is, without looking at the rest; `null`: no key of a run. */
export function runNameOf(key: string): string | null {
  if (!key.startsWith("runs:") && !key.startsWith("metric:")) return null;
  return splitRun(key.slice(key.indexOf(":") + 1))?.run ?? null;
}

/** `process:step` of an entry or a use, cut where the record's own names say. */
export function resplit(
  parsed: { process: string; step: string | null },
  names: { process: string | null; step: string | null },
) {
  const { process, step } = names;
  if (parsed.step === null || process === null || step === null) return parsed;
  return `${process}:${step}` === `${parsed.process}:${parsed.step}` ? { process, step } : parsed;
}

function parseEntry(rest: string, dialect: Dialect, isStep: boolean): ParsedKey | null {
  const tail = takeHashes(rest);
  if (!tail) return null;
  const { hashes } = tail;
  let { names } = tail;
  if (dialect === "redis") {
    if (!names.endsWith(":idx")) return null;
    names = names.slice(0, -":idx".length);
  }
  if (!isStep) return names === "" ? null : { kind: "entry", process: names, step: null, hashes };
  const cut = splitEntryNames(names);
  return cut && { kind: "entry", ...cut, hashes };
}

/** The last three fields, if all are hashes; what stands before them is names. */
export function takeHashes(rest: string): { names: string; hashes: KeyHashes } | null {
  const third = rest.lastIndexOf(":");
  const second = rest.lastIndexOf(":", third - 1);
  const first = rest.lastIndexOf(":", second - 1);
  if (first < 1 || second <= first || third <= second) return null;
  const fields = [rest.slice(first + 1, second), rest.slice(second + 1, third), rest.slice(third + 1)];
  if (!fields.every((field) => field === "none" || /^[0-9a-f]{64}$/.test(field))) return null;
  const [input, config, last] = fields as [string, string, string];
  return { names: rest.slice(0, first), hashes: { input, config, function: last } };
}

function parseRunKey(rest: string): ParsedKey | null {
  const cut = splitRun(rest);
  if (!cut) return null;
  const { run, tail } = cut;
  if (tail === "status" || tail === "timestamps") return { kind: tail, run };
  if (tail === "stats" || tail.startsWith("stats:")) return { kind: "stats", run };
  if (tail.startsWith("charts:")) return { kind: "charts", run, process: tail.slice("charts:".length) };
  if (!tail.startsWith("steps:")) return null;
  const names = tail.slice("steps:".length);
  if (names.endsWith(`:${processMark}`))
    return { kind: "use", run, process: names.slice(0, -processMark.length - 1), step: null };
  const pair = splitEntryNames(names);
  return pair && { kind: "use", run, ...pair };
}

function parseMetricKey(rest: string): ParsedKey | null {
  const cut = splitRun(rest);
  if (!cut?.tail.startsWith("probe_path:")) return null;
  const probePath = decodeProbePath(cut.tail.slice("probe_path:".length));
  return probePath === null ? null : { kind: "metrics", run: cut.run, probePath };
}

/** The run's name ends where the tool's pattern does; a foreign one at the first `:`. */
function splitRun(rest: string): { run: string; tail: string } | null {
  const end = toolRunName.exec(rest)?.[1]?.length ?? rest.indexOf(":");
  return end > 0 ? { run: rest.slice(0, end), tail: rest.slice(end + 1) } : null;
}

/** `<process>:<step>`: from 0.1.25 the process ends with its closing bracket, before at the first `:`. */
export function splitEntryNames(names: string): { process: string; step: string } | null {
  const end = names.startsWith("//") ? names.indexOf("']:") + 2 : names.indexOf(":");
  if (end < 1 || (end === 1 && names.startsWith("//"))) return null;
  return { process: names.slice(0, end), step: names.slice(end + 1) };
}
