import type { Generated } from "kysely";

/** A row number of ours: a local stand-in for an id that is 16 characters long. */
type RowNumber = Generated<number>;

/** The catalog's tables as kysely sees them. What each column means stands beside its definition in `schema.ts`. */
export interface CatalogTables {
  sources: {
    sid: RowNumber;
    id: string;
    generation: number;
    complete_generation: number;
    began: number;
    as_of: number | null;
    runs: number;
    entries: number;
    artifacts: number;
    artifact_bytes: number;
  };
  experiments: { xid: RowNumber; sid: number; id: string; name: string; gen: number };
  runs: {
    rid: RowNumber;
    sid: number;
    id: string;
    gen: number;
    experiment: string;
    name: string;
    folded: string | null;
    status: string;
    started: number | null;
    ended: number | null;
    duration: number | null;
    active: number | null;
    version: string | null;
    hits: number | null;
    misses: number | null;
    processes: number | null;
    saved: number | null;
    spent: number | null;
    token: string;
    digest: string;
  };
  run_docs: { rid: number; params: string | null; tags: string; metrics: Uint8Array; shapes: string; doc: string };
  columns: {
    cid: RowNumber;
    sid: number;
    kind: string;
    id: string;
    name: string;
    process: string | null;
    step: string | null;
    present: number;
    distinct_values: number;
  };
  column_counts: { cid: number; experiment: string; present: number; distinct_values: number };
  run_values: {
    rid: number;
    cid: number;
    v: string | number | null;
    long: string | null;
    lo: number | null;
    hi: number | null;
  };
  step_uses: {
    rid: number;
    ord: number;
    sid: number;
    process: string;
    step: string | null;
    origin: string;
    started: number | null;
    ended: number | null;
    seconds: number | null;
    producer: string | null;
    producer_started: number | null;
    producer_seconds: number | null;
    via: number;
    entry: string | null;
    error: string | null;
  };
  chart_uses: {
    rid: number;
    ord: number;
    sid: number;
    artifact: string;
    process: string | null;
    title: string;
    media_type: string | null;
    bytes: number | null;
    created: number | null;
    producer: string | null;
  };
  series: { sid: number; run: string; metric: string; content: number };
  series_contents: {
    content: RowNumber;
    hash: string;
    points: number;
    non_finite: number;
    times: string;
    levels: number;
  };
  series_chunks: { content: number; level: number; part: number; data: Uint8Array };
  series_bounds: { content: number; axis: string; data: Uint8Array };
  entries: {
    eid: RowNumber;
    sid: number;
    id: string;
    gen: number;
    since: number;
    experiment: string;
    key: string;
    folded: string | null;
    scope: string;
    process: string | null;
    step: string | null;
    status: string;
    fact_state: string;
    state: string;
    version: string | null;
    fact_producer: string | null;
    producer: string | null;
    created: number | null;
    fact_seconds: number | null;
    seconds: number | null;
    expires: number | null;
    bytes: number | null;
    uses: number;
    last_user: string | null;
    last_used: number | null;
    saved: number | null;
    borrowed: number;
    lacking: number;
    unread: number;
  };
  tallies: {
    sid: number;
    experiment: string;
    process: string | null;
    step: string | null;
    state: string;
    entries: number;
    bytes: number;
  };
  entry_docs: { eid: number; token: string; digest: string; doc: string };
  payloads: { eid: number; ord: number; sid: number; artifact: string; role: string };
  artifacts: {
    aid: RowNumber;
    sid: number;
    id: string;
    gen: number;
    experiment: string | null;
    name: string;
    folded: string | null;
    bytes: number | null;
    modified: number | null;
    media_type: string;
    role: string;
    process: string | null;
    step: string | null;
    token: string;
    digest: string;
    doc: string;
  };
  memos: { mid: RowNumber; sid: number; key: string; token: string; value: Uint8Array };
}
