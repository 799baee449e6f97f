import { existsSync, rmSync } from "node:fs";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { AppError } from "../domain/errors.ts";
import { damageMark, isDamage } from "./damage.ts";
import { applicationId, schema, schemaVersion } from "./schema.ts";
import type { CatalogTables } from "./tables.ts";

/** Says SQL; `CatalogDatabase` runs it. Kysely itself is asynchronous, and the threads of the catalog need not be. */
export const query = new Kysely<CatalogTables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** What kysely builds. */
export interface Compilable<Row> {
  compile(): CompiledQuery<Row>;
}

/** A query compiled once; its parameters are given by place with each run. */
export interface Statement<Row> {
  get(...parameters: SQLInputValue[]): Row | undefined;
  all(...parameters: SQLInputValue[]): Row[];
  /** Answers how many rows changed. */
  run(...parameters: SQLInputValue[]): number;
  /** Runs an insert and answers the new row's number. */
  insert(...parameters: SQLInputValue[]): number;
}

const mostStatements = 400;
/** How long to wait for another process that writes, ms. */
const usualPatience = 10_000;

/** One connection with its prepared statements. Synchronous: it lives in a thread of its own. */
export class CatalogDatabase {
  readonly #sqlite: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, { readOnly = false, patience = usualPatience } = {}) {
    this.#sqlite = new DatabaseSync(path, { readOnly, timeout: patience });
  }

  /** Runs statements that answer nothing (schema, pragmas, transactions). */
  exec(text: string): void {
    this.#sqlite.exec(text);
  }

  /** Offers a pure function to SQL. */
  define(name: string, run: (...values: (string | number | null)[]) => number): void {
    this.#sqlite.function(name, { deterministic: true }, run as (...values: unknown[]) => number);
  }

  prepare(text: string): StatementSync {
    const known = this.#statements.get(text);
    if (known) return known;
    const statement = this.#sqlite.prepare(text);
    if (this.#statements.size >= mostStatements) {
      const oldest = this.#statements.keys().next();
      if (!oldest.done) this.#statements.delete(oldest.value);
    }
    this.#statements.set(text, statement);
    return statement;
  }

  /** Compiles a query once for many runs; the values in `built` only say where the parameters stand. */
  statement<Row>(built: Compilable<Row>): Statement<Row> {
    const statement = this.#sqlite.prepare(built.compile().sql);
    return {
      get: (...parameters) => statement.get(...parameters) as Row | undefined,
      all: (...parameters) => statement.all(...parameters) as Row[],
      run: (...parameters) => Number(statement.run(...parameters).changes),
      insert: (...parameters) => Number(statement.run(...parameters).lastInsertRowid),
    };
  }

  all<Row>(built: Compilable<Row>): Row[] {
    const { sql, parameters } = built.compile();
    return this.prepare(sql).all(...(parameters as SQLInputValue[])) as Row[];
  }

  get<Row>(built: Compilable<Row>): Row | undefined {
    const { sql, parameters } = built.compile();
    return this.prepare(sql).get(...(parameters as SQLInputValue[])) as Row | undefined;
  }

  run(built: Compilable<unknown>): number {
    const { sql, parameters } = built.compile();
    return Number(this.prepare(sql).run(...(parameters as SQLInputValue[])).changes);
  }

  /** Gives back the memory of cached pages: after a sweep they are not needed. */
  releaseMemory(): void {
    this.#sqlite.exec("pragma shrink_memory");
  }

  /** Moves on with every commit of another connection. */
  dataVersion(): number {
    return (this.prepare("pragma data_version").get() as { data_version: number }).data_version;
  }

  /** Undoes an open transaction; some errors of SQLite have undone it already. */
  rollback(): void {
    if (this.#sqlite.isTransaction) this.#sqlite.exec("rollback");
  }

  close(): void {
    this.#statements.clear();
    this.#sqlite.close();
  }
}

/**
 * Opens the catalog for writing. It is a copy of what the stores hold: one of another version, a damaged one or a file that is none is
 * thrown away and begun anew.
 */
export function openForWriting(path: string, patience?: number): CatalogDatabase {
  const db = openCurrent(path, patience);
  if (db) return db;
  for (const file of [path, `${path}-wal`, `${path}-shm`, damageMark(path)]) rmSync(file, { force: true });
  const fresh = new CatalogDatabase(path);
  prepareConnection(fresh);
  fresh.exec(
    `begin; ${schema}; pragma application_id = ${applicationId}; pragma user_version = ${schemaVersion}; commit`,
  );
  return fresh;
}

/** Opens the catalog for reading; the writer must have made it. */
export function openForReading(path: string): CatalogDatabase {
  let db: CatalogDatabase;
  try {
    db = new CatalogDatabase(path, { readOnly: true });
    db.exec("pragma cache_size = -32768; pragma temp_store = memory");
  } catch (cause) {
    throw new AppError("internal", "The catalog cannot be opened for reading.", {
      remedy: "Start the server again: it rebuilds the catalog.",
      cause,
    });
  }
  return db;
}

function prepareConnection(db: CatalogDatabase): void {
  db.exec(
    `pragma page_size = 4096; pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -49152; pragma cache_spill = 24576;
     pragma wal_autocheckpoint = 16384; pragma journal_size_limit = 67108864; pragma temp_store = memory; pragma trusted_schema = off`,
  );
}

/** The catalog as it is, or `null` when it is to be begun anew. One that another process holds is neither: that fails. */
function openCurrent(path: string, patience?: number): CatalogDatabase | null {
  if (existsSync(damageMark(path))) return null;
  let db: CatalogDatabase | null = null;
  try {
    db = new CatalogDatabase(path, { patience });
    prepareConnection(db);
    const version = db.prepare("pragma user_version").get()?.user_version;
    const application = db.prepare("pragma application_id").get()?.application_id;
    const tables = db.prepare("select count(*) as n from sqlite_schema").get()?.n;
    if (version === schemaVersion && application === applicationId && tables !== 0) return db;
  } catch (cause) {
    if (!isDamage(cause)) {
      db?.close();
      throw new AppError("internal", "The catalog cannot be opened for writing.", {
        remedy: "Look whether its folder can be written to and whether another server has it open.",
        cause,
      });
    }
  }
  db?.close();
  return null;
}
