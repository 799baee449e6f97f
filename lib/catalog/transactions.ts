import type { CatalogChange } from "./contract.ts";
import { isDamage, markDamaged } from "./damage.ts";
import type { CatalogDatabase } from "./database.ts";

/** While a sweep writes, batches are committed together this often, ms: each commit writes every page of an index that it touched. */
const commitEvery = 750;
/** A sweep that has just begun shows what it finds sooner: a batch waits at most this share of the time that the sweep has taken. */
const shareWaited = 0.25;

/**
 * The writer's transactions. A batch is there as a whole or not at all, also after the process was killed. What a sweep puts may wait a
 * moment for its commit; its changes are told by the call that commits, so that who is told finds them.
 */
export class Transactions {
  readonly #db: CatalogDatabase;
  readonly #path: string;
  readonly #onRollback: () => void;
  readonly #untold = new Map<string, CatalogChange[]>();
  readonly #waiting = new Set<string>();
  readonly #spoiled = new Set<string>();
  readonly #begunAt = new Map<string, number>();
  #openedAt: number | null = null;
  /** What the open transaction holds, in order. */
  readonly #pending: (() => unknown)[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(db: CatalogDatabase, path: string, onRollback: () => void) {
    this.#db = db;
    this.#path = path;
    this.#onRollback = onRollback;
  }

  /** Does the work and commits it, with what waits. */
  now<Answer>(work: () => Answer): Answer {
    const answer = this.#apply(work);
    this.commit();
    return answer;
  }

  /** Work that nobody waits for and that can be left out: it is done again with the next change. */
  aside(work: () => void): void {
    try {
      this.now(work);
    } catch {
      // What else was open is redone or spoiled by now.
    }
  }

  /** Does the work; its commit may wait a moment. */
  later<Answer>(sourceId: string, work: () => Answer): Answer {
    const answer = this.#apply(work);
    this.#waiting.add(sourceId);
    this.#timer ??= setTimeout(() => this.#commitIdle(), commitEvery);
    return answer;
  }

  /**
   * Work that changes what is known of a source; `lazily`: its commit may wait. Answers the changes that are committed by now and were not
   * told yet.
   */
  changes(sourceId: string, lazily: boolean, work: () => CatalogChange[]): CatalogChange[] {
    const changes = this.later(sourceId, work);
    this.#untold.set(sourceId, (this.#untold.get(sourceId) ?? []).concat(changes));
    if (lazily && performance.now() - (this.#openedAt ?? 0) < this.#patience(sourceId)) return [];
    this.commit();
    const told = this.#untold.get(sourceId) ?? [];
    this.#untold.delete(sourceId);
    return told;
  }

  /** A sweep begins: what was lost before does not matter to it. */
  begin(sourceId: string): void {
    this.#spoiled.delete(sourceId);
    this.#begunAt.set(sourceId, performance.now());
  }

  /** True when a batch of this source was taken and then could not be committed: its sweep has not seen everything. */
  lost(sourceId: string): boolean {
    return this.#spoiled.has(sourceId);
  }

  commit(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#openedAt === null) return;
    try {
      this.#db.exec("commit");
      this.#openedAt = null;
      this.#pending.length = 0;
      this.#waiting.clear();
    } catch (error) {
      throw this.#undo(error);
    }
  }

  #patience(sourceId: string): number {
    return Math.min(commitEvery, shareWaited * (performance.now() - (this.#begunAt.get(sourceId) ?? 0)));
  }

  #apply<Answer>(work: () => Answer): Answer {
    try {
      this.#open();
      const answer = work();
      this.#pending.push(work);
      return answer;
    } catch (error) {
      this.#redoPending(error);
      throw error;
    }
  }

  #open(): void {
    if (this.#openedAt !== null) return;
    this.#db.exec("begin immediate");
    this.#openedAt = performance.now();
  }

  /**
   * A batch failed: it is undone alone. Savepoints would do the same, but for them SQLite copies every page before its first change, which
   * costs more than all else; failures are rare, so what waited with it is done again instead.
   */
  #redoPending(error: unknown): void {
    const pending = this.#pending.splice(0);
    if (isDamage(error)) markDamaged(this.#path);
    this.#db.rollback();
    this.#openedAt = null;
    this.#onRollback();
    if (pending.length === 0) return;
    try {
      this.#open();
      for (const work of pending) work();
      this.#pending.push(...pending);
    } catch (again) {
      this.#undo(again);
    }
  }

  #undo(error: unknown): unknown {
    if (isDamage(error)) markDamaged(this.#path);
    for (const sourceId of this.#waiting) {
      this.#spoiled.add(sourceId);
      this.#untold.delete(sourceId);
    }
    this.#waiting.clear();
    this.#pending.length = 0;
    this.#openedAt = null;
    this.#db.rollback();
    this.#onRollback();
    return error;
  }

  #commitIdle(): void {
    try {
      this.commit();
    } catch {
      // The sources concerned are spoiled: their sweeps end as incomplete and the next ones read everything again.
    }
  }
}
