import type { LayoutContext, Snapshot } from "../../../contracts/layout.ts";
import type { PlainValue } from "../../../domain/values.ts";
import type { ProjectPlace, ProjectPlaces } from "../seams.ts";

/** A layout's context that keeps everything in plain maps. A test hands the same maps to a second one to play a restart. */
export function openMemoryContext(
  kept: {
    memo?: Map<string, { token: string; value: PlainValue }>;
    snapshots?: Map<string, Snapshot>;
    begins?: Map<string, string>;
    /** By run, then by metric. */
    sightings?: Map<string, Map<string, Float64Array>>;
    now?: number;
  } = {},
): LayoutContext {
  const memo = kept.memo ?? new Map();
  const snapshots = kept.snapshots ?? new Map<string, Snapshot>();
  const begins = kept.begins ?? new Map<string, string>();
  const sightings = kept.sightings ?? new Map<string, Map<string, Float64Array>>();
  return {
    sourceId: "lab",
    options: {},
    now: () => kept.now ?? Date.UTC(2026, 10, 21),
    known: async () => new Map(),
    longestExecutions: async () => new Map(),
    snapshots: {
      list: async () => [...snapshots.values()].map(({ hash, seenAt }) => ({ hash, seenAt })),
      read: async (hash) => snapshots.get(hash) ?? null,
      save: async (snapshot) => void snapshots.set(snapshot.hash, snapshot),
    },
    begins: {
      find: async (project, runName) => begins.get(`${project} ${runName}`) ?? null,
      note: async (project, runName, hash) => {
        const key = `${project} ${runName}`;
        if (!begins.has(key)) begins.set(key, hash);
      },
    },
    pointSightings: {
      runs: async () => [...sightings.keys()],
      find: async (run) => sightings.get(run) ?? new Map(),
      save: async (run, changed) => void sightings.set(run, new Map([...(sightings.get(run) ?? []), ...changed])),
    },
    memo: {
      get: async (keys) => new Map(keys.flatMap((key) => (memo.has(key) ? [[key, memo.get(key)]] : []))),
      // As the catalog does: what is kept must survive being written down.
      set: async (items) => {
        for (const { key, token, value } of items) memo.set(key, { token, value: JSON.parse(JSON.stringify(value)) });
      },
    },
    trouble: () => {},
    log: () => {},
  };
}

/** Places that are known beforehand. */
export function fixedPlaces(...places: ProjectPlace[]): ProjectPlaces {
  return {
    of: async (project) =>
      places.find((place) => place.project === project) ?? {
        project,
        runtimes: [],
        logs: null,
        code: [],
      },
    all: async () => places,
  };
}
