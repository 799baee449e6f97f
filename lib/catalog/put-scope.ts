import type { CatalogChange } from "./contract.ts";

/** More changes of one kind than this are told as one: "something of this experiment". */
const mostChangesTold = 500;

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
  /** Entries by id whose uses changed. */
  readonly entryIds = new Set<string>();
  /** Artifacts by id: their entries' sizes and states may have changed. */
  readonly artifactIds = new Set<string>();
  /** Artifacts that an entry names no longer. */
  readonly released = new Set<string>();
  /** Runs (row numbers) with step uses that are joined through their producer. */
  readonly joining = new Set<number>();
  /** Runs by id whose own steps changed, so that others joined through them may now find their entry. */
  readonly producers = new Set<string>();
  /** Steps whose entry came: a use that is joined through the producer may be one of it. */
  readonly made: { producer: string; process: string; step: string | null }[] = [];
  /** Rows that came, less those that went. */
  readonly grown = { runs: 0, entries: 0, artifacts: 0 };
  readonly #changes = new Map<string, CatalogChange>();
  readonly #told = new Map<string, number>();

  constructor(sid: number, gen: number, since: number, began: number) {
    this.sid = sid;
    this.gen = gen;
    this.since = since;
    this.began = began;
  }

  /** `id` null: something of the experiment, or of the source where that is null too. */
  changed(event: CatalogChange["event"], experimentId: string | null, id: string | null): void {
    const told = (this.#told.get(event) ?? 0) + 1;
    this.#told.set(event, told);
    const change = { event, experimentId, id: told > mostChangesTold ? null : id };
    this.#changes.set(JSON.stringify([event, change.id === null ? experimentId : null, change.id]), change);
  }

  changes(): CatalogChange[] {
    return [...this.#changes.values()];
  }
}
