/** Raised with every change of the tables or of what stands in them: a catalog of another version is thrown away and rebuilt. */
export const schemaVersion = 8;

/** "TdCt": tells a catalog from any other SQLite file. */
export const applicationId = 0x54644374;

/**
 * `sid`, `rid`, `eid`, `aid`, `cid` are row numbers of ours; every other id is the one of the facts. `gen` is the generation that saw a row
 * last, `since` the one that its payloads can be judged by. Times are epoch ms, durations seconds. `folded` is the lower-case form of a
 * name, where it differs. Narrow tables (lists, counts, sweeps) stand apart from the wide ones that hold what only a detail shows.
 */
export const schema = /* sql */ `
create table sources (
  sid integer primary key, id text unique, generation integer, complete_generation integer, began real, as_of real,
  runs integer, entries integer, artifacts integer, artifact_bytes real, used integer
);
-- object stores of which all indexes are connected, as someone has confirmed
create table confirmed_buckets (bucket text primary key) without rowid;
-- used: 1 when it is configured now. object: short for an artifact's address, equal in every source that shows the same file
create table experiments (xid integer primary key, sid integer, id text, name text, gen integer);
create unique index experiments_id on experiments (sid, id);

create table runs (
  rid integer primary key, sid integer, id text, gen integer, experiment text, name text, folded text, status text,
  started real, ended real, duration real, active real, version text,
  hits integer, misses integer, unpriced integer, processes integer, saved real, step_saved real, spent real, token text, digest text
);
create unique index runs_id on runs (sid, id);
create index runs_started on runs (sid, started);
create index runs_experiment on runs (sid, experiment, started);
create index runs_status on runs (sid, status, started);
-- metrics: packed heads (metric-heads.ts); shapes, params, tags, doc: JSON
create table run_docs (rid integer primary key, params text, tags text, metrics blob, shapes text, doc text);

create table columns (
  cid integer primary key, sid integer, kind text, id text, name text, process text, step text,
  present integer, distinct_values integer
);
create unique index columns_id on columns (sid, kind, id);
create table column_counts (
  cid integer, experiment text, present integer, distinct_values integer, primary key (cid, experiment)
) without rowid;
-- v: number or text (its first characters), null for NaN; long: the whole of a long text, a number's own spelling, 'NaN'
create table run_values (
  rid integer, cid integer, v, long text, lo real, hi real, primary key (rid, cid)
) without rowid;
create index run_values_sorted on run_values (cid, v, rid);

-- entry: the entry it made or used, as told or (via = 1) joined through the producer
create table step_uses (
  rid integer, ord integer, sid integer, process text, step text, origin text, started real, ended real, seconds real,
  producer text, producer_started real, producer_seconds real, via integer, entry text, error text, primary key (rid, ord)
) without rowid;
create index step_uses_entry on step_uses (sid, entry) where entry is not null;
create index step_uses_place on step_uses (sid, process, step);
create index step_uses_via on step_uses (sid, producer, process, step) where via = 1;
create table chart_uses (
  rid integer, ord integer, sid integer, artifact text, process text, title text, media_type text, bytes integer,
  created real, producer text, primary key (rid, ord)
) without rowid;
create index chart_uses_artifact on chart_uses (sid, artifact);

create table series (
  sid integer, run text, metric text, content integer, primary key (sid, run, metric)
) without rowid;
create index series_content on series (content);
create table series_contents (
  content integer primary key, hash text unique, points integer, non_finite integer, times text, levels integer
);
create table series_chunks (content integer, level integer, part integer, data blob);
create unique index series_chunks_part on series_chunks (content, level, part);
create table series_bounds (content integer, axis text, data blob);
create unique index series_bounds_axis on series_bounds (content, axis);

-- borrowed: seconds that the steps took whose results it got from the cache; to make it anew costs these too
-- lacking: named payloads that are not stored; unread: 1 when its result could not be read, so that it may name more
-- held: bytes of its payloads, a shared one counted with the entry that named it first; shared: payloads that other entries name too
-- value: seconds saved for each MiB held
-- due: when its life was to end, where its store does not obey that; drifted: payloads that are stored with another size than its result says
create table entries (
  eid integer primary key, sid integer, id text, gen integer, since integer, experiment text, key text, folded text,
  scope text, process text, step text, status text, fact_state text, state text, version text,
  fact_producer text, producer text, created real, fact_seconds real, seconds real, expires real, bytes integer,
  uses integer, last_user text, last_used real, saved real, borrowed real, lacking integer, unread integer,
  due real, drifted integer, held integer, shared integer, value real generated always as (case when held > 0 then saved * 1048576.0 / held end) virtual
);
create unique index entries_id on entries (sid, id);
create index entries_created on entries (sid, created);
create index entries_place on entries (sid, process, step, created);
create index entries_odd on entries (sid, state, created) where state <> 'usable';
create index entries_bytes on entries (sid, bytes);
create index entries_saved on entries (sid, saved);
create index entries_uses on entries (sid, uses);
create index entries_used on entries (sid, last_used);
create index entries_made on entries (sid, fact_producer) where fact_producer is not null;
create index entries_value on entries (sid, value);
create index entries_shared on entries (sid) where shared > 0;
create index entries_lacking on entries (sid) where lacking > 0;
create index entries_due on entries (sid, due) where due is not null;
create index entries_drifted on entries (sid, created) where drifted > 0;
create index entries_unread on entries (sid, experiment) where unread = 1;
-- how many entries stand at each place of the tree, by state
create table tallies (
  sid integer, experiment text, process text, step text, state text, entries integer, bytes real
);
create unique index tallies_place on tallies (sid, experiment, coalesce(process, ''), coalesce(step, ''), state, process is null, step is null);
-- What lookups saved and spent and what is stored, by the UTC day (of the run's start, of the entry's making) and one further thing: "by"
-- process (all of it), step, version, made (the day of the result), kind. Days in "ledger_stale" are to be worked out again.
create table ledger (
  sid integer, day integer, "by" text, experiment text, name, step text,
  hits integer, misses integer, unpriced integer, saved real, spent real, bytes real
);
create index ledger_days on ledger (sid, "by", day);
create table ledger_stale (sid integer, day integer, primary key (sid, day)) without rowid;
create table entry_docs (eid integer primary key, token text, digest text, doc text);
create table payloads (
  eid integer, ord integer, sid integer, artifact text, role text, recorded integer, primary key (eid, ord)
) without rowid;
-- recorded: the size that it was written with
create index payloads_artifact on payloads (sid, artifact);

create table artifacts (
  aid integer primary key, sid integer, id text, gen integer, experiment text, name text, folded text, bytes integer,
  modified real, media_type text, role text, process text, step text, version text, entry text, object text, bucket text, token text,
  digest text, doc text
);
-- entry: that a result's name tells, whether it is there or not
create unique index artifacts_id on artifacts (sid, id);
create index artifacts_name on artifacts (sid, substr(name, 1, 200));
create index artifacts_modified on artifacts (sid, modified);
create index artifacts_object on artifacts (object);
create index artifacts_entry on artifacts (sid, entry) where entry is not null;
create index artifacts_bytes on artifacts (sid, bytes);

-- what a person wants kept, whether it is there now or not; told anew at each start by who keeps it
create table pins (sid integer, entry text, primary key (sid, entry)) without rowid;

create table memos (mid integer primary key, sid integer, key text, token text, value blob);
create unique index memos_key on memos (sid, key);
`;
