import type { Fact, FactSubject } from "../domain/facts.ts";
import type { PlainValue } from "../domain/values.ts";
import type { CatalogChange, CatalogWriter, SeenDeath } from "./contract.ts";
import { type CatalogDatabase, openForWriting } from "./database.ts";
import type { PutScope } from "./put-scope.ts";
import { Transactions } from "./transactions.ts";
import { ArtifactWriter } from "./writer-artifacts.ts";
import { ColumnBook } from "./writer-columns.ts";
import { EntryDerivation } from "./writer-derive.ts";
import { EntryWriter } from "./writer-entries.ts";
import { ExperimentWriter } from "./writer-experiments.ts";
import { GenerationEnd } from "./writer-generations.ts";
import { ProducerJoins } from "./writer-joins.ts";
import { LedgerBook } from "./writer-ledger.ts";
import { WriterMemory } from "./writer-memory.ts";
import { OrphanWriter } from "./writer-orphans.ts";
import { PinWriter } from "./writer-pins.ts";
import { RunWriter } from "./writer-runs.ts";
import { SeriesWriter } from "./writer-series.ts";
import { SourceBook } from "./writer-sources.ts";
import { TallyBook } from "./writer-tallies.ts";

/**
 * Opens the catalog's one writer. The file is made, or made anew, where it is missing, damaged or of another version. Throws `internal` when
 * another process holds it for longer than `patience` ms.
 */
export function openCatalogWriter({ path, patience }: { path: string; patience?: number }): CatalogWriter {
  return new SqliteCatalogWriter(openForWriting(path, patience), path);
}

class SqliteCatalogWriter implements CatalogWriter {
  readonly #db: CatalogDatabase;
  readonly #transactions: Transactions;
  readonly #sources: SourceBook;
  readonly #columns: ColumnBook;
  readonly #experiments: ExperimentWriter;
  readonly #series: SeriesWriter;
  readonly #runs: RunWriter;
  readonly #entries: EntryWriter;
  readonly #artifacts: ArtifactWriter;
  readonly #joins: ProducerJoins;
  readonly #derivation: EntryDerivation;
  readonly #orphans: OrphanWriter;
  readonly #pins: PinWriter;
  readonly #tallies: TallyBook;
  readonly #ledger: LedgerBook;
  readonly #generationEnd: GenerationEnd;
  readonly #memory: WriterMemory;
  readonly #deaths = new Map<string, SeenDeath[]>();
  #counting: NodeJS.Timeout | null = null;

  constructor(db: CatalogDatabase, path: string) {
    this.#db = db;
    this.#sources = new SourceBook(db);
    this.#columns = new ColumnBook(db);
    this.#experiments = new ExperimentWriter(db);
    this.#series = new SeriesWriter(db);
    this.#runs = new RunWriter(db, this.#columns, this.#series);
    this.#entries = new EntryWriter(db);
    this.#artifacts = new ArtifactWriter(db);
    this.#joins = new ProducerJoins(db);
    this.#derivation = new EntryDerivation(db);
    this.#orphans = new OrphanWriter(db);
    this.#pins = new PinWriter(db);
    this.#tallies = new TallyBook(db);
    this.#ledger = new LedgerBook(db);
    this.#generationEnd = new GenerationEnd(db, this.#runs, this.#entries, this.#artifacts);
    this.#memory = new WriterMemory(db);
    this.#transactions = new Transactions(db, path, () => {
      this.#columns.forget();
      this.#ledger.recall();
    });
    this.#countLater();
  }

  async beginGeneration(sourceId: string): Promise<number> {
    this.#transactions.begin(sourceId);
    return this.#transactions.now(() => this.#sources.begin(sourceId, Date.now()));
  }

  async put(sourceId: string, generation: number | null, facts: Fact[]): Promise<CatalogChange[]> {
    const changes = this.#transactions.changes(sourceId, generation !== null, () => {
      const scope = this.#sources.scopeFor(sourceId, generation);
      for (const fact of facts) this.#apply(scope, fact);
      const knowledge = this.#sources.knowledge(sourceId, scope);
      this.#joins.settle(scope);
      this.#derivation.settle(scope, knowledge);
      this.#tallies.settle(scope);
      this.#orphans.settle(scope, knowledge.complete, this.#tallies);
      this.#ledger.settle(scope, knowledge.complete);
      this.#sources.settle(scope);
      this.#noteDeaths(sourceId, scope);
      return scope.changes();
    });
    this.#countLater();
    return changes;
  }

  async endGeneration(
    sourceId: string,
    generation: number,
    outcome: { complete: boolean; asOf: number },
  ): Promise<CatalogChange[]> {
    const changes = this.#transactions.changes(sourceId, false, () => {
      const newest = this.#sources.find(sourceId)?.generation;
      const scope = this.#sources.scopeFor(sourceId, generation);
      if (outcome.complete && newest === generation && !this.#transactions.lost(sourceId)) {
        this.#sources.end(scope, outcome.asOf);
        this.#generationEnd.removeUnseen(scope);
        const knowledge = this.#sources.knowledge(sourceId, scope);
        this.#joins.settle(scope);
        this.#derivation.settle(scope, knowledge);
        this.#tallies.settle(scope);
        this.#generationEnd.judgePayloads(scope, knowledge, this.#tallies);
        this.#orphans.settleAll(scope, this.#tallies);
        this.#ledger.settle(scope, knowledge.complete);
        this.#sources.settle(scope);
        this.#noteDeaths(sourceId, scope);
      }
      this.#count();
      return scope.changes();
    });
    this.#db.releaseMemory();
    return changes;
  }

  async touch(sourceId: string, asOf: number): Promise<void> {
    this.#transactions.now(() => this.#sources.touch(sourceId, asOf));
  }

  async known(sourceId: string, of: FactSubject, ids: readonly string[]): Promise<Map<string, string>> {
    return this.#memory.tokens(this.#sources.find(sourceId)?.sid, of, ids);
  }

  async memoGet(sourceId: string, keys: readonly string[]): Promise<Map<string, { token: string; value: PlainValue }>> {
    return this.#memory.read(this.#sources.find(sourceId)?.sid, keys);
  }

  async memoSet(sourceId: string, items: readonly { key: string; token: string; value: PlainValue }[]): Promise<void> {
    this.#transactions.later(sourceId, () => this.#memory.write(this.#sources.scopeFor(sourceId, null).sid, items));
  }

  async longestExecutions(sourceId: string, experimentId: string): Promise<Map<string, number>> {
    return this.#memory.longestExecutions(this.#sources.find(sourceId)?.sid, experimentId);
  }

  async expectSources(sourceIds: readonly string[]): Promise<void> {
    this.#transactions.now(() => {
      if (this.#sources.use(sourceIds)) this.#orphans.withdraw(this.#tallies);
    });
    this.#countLater();
  }

  async confirmBuckets(buckets: readonly string[]): Promise<{ source: string; changes: CatalogChange[] }[]> {
    const told = this.#transactions.now(() => {
      if (!this.#orphans.confirm(buckets)) return [];
      return this.#sources.used().map((source) => {
        const scope = this.#sources.scopeFor(source, null);
        this.#orphans.settleAll(scope, this.#tallies);
        this.#ledger.settle(scope, this.#sources.knowledge(source, scope).complete);
        return { source, changes: scope.changes() };
      });
    });
    this.#countLater();
    return told;
  }

  async setPins(sourceId: string, entries: readonly string[]): Promise<void> {
    this.#transactions.now(() => this.#pins.replace(this.#sources.scopeFor(sourceId, null).sid, entries));
  }

  async pin(sourceId: string, entries: readonly string[], pinned: boolean): Promise<CatalogChange[]> {
    return this.#transactions.changes(sourceId, false, () => {
      const scope = this.#sources.scopeFor(sourceId, null);
      this.#pins.set(scope.sid, entries, pinned);
      for (const id of entries) scope.changed("cache", this.#pins.experimentOf(scope.sid, id), id);
      return scope.changes();
    });
  }

  async takeDeaths(sourceId: string): Promise<SeenDeath[]> {
    const deaths = this.#deaths.get(sourceId) ?? [];
    this.#deaths.delete(sourceId);
    return deaths;
  }

  async keepOnly(sourceIds: readonly string[]): Promise<void> {
    this.#transactions.now(() => this.#memory.keepOnly(sourceIds));
    this.#columns.forget();
  }

  async close(): Promise<void> {
    if (this.#counting) clearTimeout(this.#counting);
    this.#transactions.commit();
    this.#db.close();
  }

  /** Columns and the ledger are counted apart from the batches: a watcher's small batch must not pay for looking through all runs. */
  #countLater(): void {
    const waits = [this.#columns.countIn, this.#ledger.countIn].filter((wait) => wait !== null);
    if (waits.length === 0 || this.#counting) return;
    this.#counting = setTimeout(
      () => {
        this.#counting = null;
        this.#transactions.aside(() => this.#count());
      },
      Math.max(...waits),
    );
  }

  #count(): void {
    this.#columns.count();
    this.#ledger.count();
  }

  #noteDeaths(sourceId: string, scope: PutScope): void {
    if (scope.deaths.size === 0) return;
    const deaths = this.#deaths.get(sourceId) ?? [];
    for (const death of scope.deaths.values()) deaths.push(death);
    this.#deaths.set(sourceId, deaths);
  }

  #apply(scope: PutScope, fact: Fact): void {
    const { grown } = scope;
    switch (fact.kind) {
      case "experiment":
        this.#experiments.put(scope, fact);
        break;
      case "run":
        if (this.#runs.put(scope, fact.run)) grown.runs += 1;
        break;
      case "series":
        this.#series.put(scope, fact.series);
        break;
      case "entry":
        if (this.#entries.put(scope, fact.entry)) grown.entries += 1;
        break;
      case "artifact":
        if (this.#artifacts.put(scope, fact.artifact)) grown.artifacts += 1;
        break;
      case "seen":
        this.#memory.stamp(scope, fact.of, fact.id);
        break;
      case "gone":
        this.#remove(scope, fact.of, fact.id);
    }
  }

  #remove(scope: PutScope, of: FactSubject, id: string): void {
    if (of === "run") scope.grown.runs -= this.#runs.remove(scope, id) ? 1 : 0;
    else if (of === "entry") scope.grown.entries -= this.#entries.remove(scope, id) ? 1 : 0;
    else if (of === "artifact") scope.grown.artifacts -= this.#artifacts.remove(scope, id) ? 1 : 0;
    else this.#experiments.remove(scope, id);
  }
}
