import type { StepOrigin } from "../../run.ts";
import type { Evidence, KeyedRun, KeyedUse, VersionSources } from "../evidence.ts";

/** A use of `load`, `fit` or `plot`; its parts are short words instead of hashes. */
export function sampleUse(process: string, changes: Partial<KeyedUse> & { key?: string } = {}): KeyedUse {
  const { key = "i c f", ...rest } = changes;
  const [input = "", config = "", code = ""] = key.split(" ");
  return {
    process,
    step: null,
    origin: "executed",
    entryId: `${process} ${key}`,
    parts: key === "" ? null : { input, config, function: code },
    version: "v2",
    startedAt: "2026-11-21T02:00:05.000Z",
    endedAt: "2026-11-21T02:00:09.000Z",
    producer: null,
    ...rest,
  };
}

/** A run of these processes, each with its key as `input config function`; an empty key is not recorded. */
export function sampleRun(
  id: string,
  keys: Record<string, string>,
  origins: Record<string, StepOrigin> = {},
  version = id === "now" ? "v2" : "v1",
): KeyedRun {
  const uses = Object.entries(keys).map(([process, key]) =>
    sampleUse(process, { key, version, origin: origins[process] ?? "executed" }),
  );
  const startedAt = id === "now" ? "2026-11-21T02:00:00.000Z" : "2026-11-21T01:00:00.000Z";
  return { id, name: `run ${id}`, startedAt, version, uses };
}

/** `load` → `fit` → `score`, and `plot`, a chart of `fit`. */
export const sampleEdges = [
  { from: "load", to: "fit" },
  { from: "fit", to: "score" },
  { from: "fit", to: "plot" },
];
export const sampleKeys = { load: "i c f", fit: "i c f", score: "i c f", plot: "i c f" };

export function sampleEvidence(
  changes: Partial<Evidence> & { now?: Record<string, string>; before?: Record<string, string> | null },
): Evidence {
  const { now = sampleKeys, before = sampleKeys, ...rest } = changes;
  const baseline = before === null ? null : sampleRun("before", before);
  return {
    run: sampleRun("now", now),
    complete: true,
    baseline,
    lastResult: baseline,
    graph: { origin: "version", edges: sampleEdges },
    charts: new Set(["plot"]),
    sources: new Map(),
    earlierUses: [],
    deaths: [],
    earlierEntries: [],
    entriesExpire: false,
    nameTooLong: false,
    warnings: [],
    runNames: {},
    ...rest,
  };
}

type OwnValues = Record<string, Record<string, number>>;

/** What a version says: own settings and code by process, and what all share. */
export function sampleVersion(own: OwnValues, code: Record<string, string> = {}, seed = 7): VersionSources {
  const processes = Object.keys(sampleKeys).map((process) => {
    const text = code[process] ?? `def ${process}(): pass`;
    const sources = {
      isChart: process === "plot",
      own: own[process] ?? {},
      code: [{ name: process, text, compared: text.replace(/ *#.*/, "") }],
    };
    return [process, sources] as const;
  });
  return { shared: { seed }, sections: ["experiment"], processes: Object.fromEntries(processes) };
}
