/** The built-in columns of runs: the name that `sort`, `columns` and the filter use, and the table's column. */
export const runColumnFields = {
  name: "name",
  status: "status",
  started: "started",
  ended: "ended",
  duration: "duration",
  experiment: "experiment",
  version: "version",
  hits: "hits",
  misses: "misses",
  saved: "saved",
} as const;
export type RunColumnField = keyof typeof runColumnFields;
