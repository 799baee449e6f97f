import type { CatalogChange, SeenDeath } from "./contract.ts";
import { dayOf } from "./ledger-days.ts";

/** More changes of one kind than this are told as one: "something of this experiment". */
const mostChangesTold = 500;

/** Where an entry stands in the tree. */
export interface EntryPlace {
  experiment: string;
  process: string | null;
  step: string | null;
}
export interface Tally extends EntryPlace {
  state: string;
  entries: number;
  bytes: number;
}

/** One batch under way: whose facts they are, and what they leave to be worked out before the batch is committed. */
export class PutScope {
  readonly sid: number;
  /** What the rows of this batch are stamped with. */
  readonly gen: number;
  /** The first generation that can judge a payload as missing: one whose listing began after the entry was made. */
  readonly since: number;
  /** When the generation began, epoch ms. */
  readonly began: number;
  /** Entries (row numbers) whose derived columns may have changed. */
  readonly entries = new Set<number>();
  /** Those of them that are new: written as if nobody used them and no payload were there. */
  readonly fresh = new Map<number, { id: string; artifacts: string[] }>();
  /** Entries by id whose uses changed. */
  readonly entryIds = new Set<string>();
  /** Artifacts by id that came, changed or went: their entries' sizes and states may have changed. */
  readonly artifactIds = new Set<string>();
  /** Artifacts that stood there and were told to be gone. */
  readonly lost = new Set<string>();
  /** Artifacts that an entry names now. */
  readonly named = new Set<string>();
  /** Artifacts that an entry names no longer. */
  readonly released = new Set<string>();
  /** Runs (row numbers) with step uses that are joined through their producer. */
  readonly joining = new Set<number>();
  /** Runs by id whose own steps changed, so that others joined through them may now find their entry. */
  readonly producers = new Set<string>();
  /** Steps whose entry came: a use that is joined through the producer may be one of it. */
  readonly made: { producer: string; process: string; step: string | null }[] = [];
  /** Rows that came, less those that went. */
  readonly grown = { runs: 0, entries: 0, artifacts: 0, artifactBytes: 0 };
  /** Entries that came to a place in the tree, less those that left it. */
  readonly tallies = new Map<string, Tally>();
  /** UTC days whose lookups or entries changed; `everyDay` among them stands for all. */
  readonly ledgerDays = new Set<number>();
  /** Entries by id that went, or lost their result. */
  readonly deaths = new Map<string, SeenDeath>();
  readonly #changes = new Map<string, CatalogChange>();
  readonly #told = { run: 0, series: 0, cache: 0 };

  constructor(sid: number, gen: number, since: number, began: number) {
    this.sid = sid;
    this.gen = gen;
    this.since = since;
    this.began = began;
  }

  /** `id` null: something of the experiment, or of the source where that is null too. */
  changed(event: CatalogChange["event"], experimentId: string | null, id: string | null): void {
    this.#told[event] += 1;
    const told = this.#told[event] > mostChangesTold ? null : id;
    this.#changes.set(`${event}/${told === null ? `of ${experimentId}` : told}`, { event, experimentId, id: told });
  }

  /** `expiresAt`: when its life was to end. */
  died(entryId: string, kind: SeenDeath["kind"], expiresAt: number | null): void {
    this.deaths.set(entryId, { entryId, kind, seenAt: Date.now(), expiresAt });
  }

  /** `count` entries (−1: one less) of these bytes stand there in this state. */
  tally(place: EntryPlace, state: string, count: number, bytes: number | null): void {
    const { experiment, process, step } = place;
    const key = `${experiment}\0${process === null}${process}\0${step === null}${step}\0${state}`;
    const known = this.tallies.get(key);
    if (known) {
      known.entries += count;
      known.bytes += count * (bytes ?? 0);
    } else this.tallies.set(key, { experiment, process, step, state, entries: count, bytes: count * (bytes ?? 0) });
  }

  /** Lookups of a run that began then, or an entry that was made then, changed. */
  ledgerOf(millis: number | null): void {
    this.ledgerDays.add(dayOf(millis));
  }

  changes(): CatalogChange[] {
    return [...this.#changes.values()];
  }
}
