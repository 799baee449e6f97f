import type { DatabaseSync } from "node:sqlite";

/** When points of running runs were seen to come, by metric; what the numbers mean is the layout's affair. */
export interface PointSightings {
  /** Ids of the runs of which there are any. */
  runs(source: string): string[];
  find(source: string, run: string): Map<string, Float64Array>;
  /** Replaces those of the metrics that are named. */
  save(source: string, run: string, sightings: ReadonlyMap<string, Float64Array>): void;
}

export function openPointSightings(database: DatabaseSync): PointSightings {
  const runs = database.prepare("SELECT DISTINCT run FROM point_sighting WHERE source = ?");
  const ofRun = database.prepare("SELECT metric, sightings FROM point_sighting WHERE source = ? AND run = ?");
  const put = database.prepare("INSERT OR REPLACE INTO point_sighting VALUES (?, ?, ?, ?)");
  return {
    runs: (source) => (runs.all(source) as { run: string }[]).map(({ run }) => run),
    find: (source, run) =>
      new Map(
        (ofRun.all(source, run) as { metric: string; sightings: Uint8Array }[]).map(({ metric, sightings }) => [
          metric,
          // Bytes from a database stand anywhere in memory; doubles want a multiple of eight.
          new Float64Array(sightings.slice().buffer),
        ]),
      ),
    save(source, run, sightings) {
      database.exec("BEGIN IMMEDIATE");
      try {
        for (const [metric, { buffer, byteOffset, byteLength }] of sightings)
          put.run(source, run, metric, new Uint8Array(buffer, byteOffset, byteLength));
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
  };
}
