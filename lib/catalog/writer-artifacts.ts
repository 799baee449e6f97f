import type { ArtifactFact } from "../domain/facts.ts";
import { type CatalogDatabase, query, type Statement } from "./database.ts";
import { digestOf } from "./digest.ts";
import type { PutScope } from "./put-scope.ts";
import type { ArtifactDoc } from "./stored-docs.ts";
import { foldedUnlessSame, storeNullable, storeText } from "./stored-text.ts";

/** Short for an address. */
function objectOf(address: string): string {
  return digestOf(address).slice(0, 16);
}

/** Keeps artifacts: payloads of the cache, charts, other files. */
export class ArtifactWriter {
  readonly #find: Statement<{ aid: number; digest: string; bytes: number | null }>;
  readonly #stamp: Statement<unknown>;
  readonly #add: Statement<unknown>;
  readonly #update: Statement<unknown>;
  readonly #remove: Statement<unknown>;

  constructor(db: CatalogDatabase) {
    this.#find = db.statement(
      query.selectFrom("artifacts").select(["aid", "digest", "bytes"]).where("sid", "=", 0).where("id", "=", ""),
    );
    this.#stamp = db.statement(query.updateTable("artifacts").set({ gen: 0, token: "" }).where("aid", "=", 0));
    const figures = {
      experiment: "",
      name: "",
      folded: "",
      bytes: 0,
      modified: 0,
      media_type: "",
      role: "",
      process: "",
      step: "",
      version: "",
      entry: "",
      object: "",
      bucket: "",
      token: "",
      digest: "",
      doc: "",
      gen: 0,
    };
    this.#add = db.statement(query.insertInto("artifacts").values({ ...figures, sid: 0, id: "" }));
    this.#update = db.statement(query.updateTable("artifacts").set(figures).where("aid", "=", 0));
    this.#remove = db.statement(query.deleteFrom("artifacts").where("aid", "=", 0));
  }

  /** True when the artifact is new. */
  put(scope: PutScope, fact: ArtifactFact): boolean {
    const { token, ...said } = fact;
    const digest = digestOf(JSON.stringify(said));
    const known = this.#find.get(scope.sid, fact.id);
    if (known?.digest === digest) {
      this.#stamp.run(scope.gen, token, known.aid);
      return false;
    }
    const { keyParts, locator } = fact;
    const figures = [
      fact.experimentId,
      storeText(fact.name),
      foldedUnlessSame(fact.name),
      fact.bytes,
      fact.modifiedAt,
      fact.mediaType,
      fact.role,
      storeNullable(fact.process),
      storeNullable(fact.step),
      fact.version,
      fact.entryId ?? null,
      objectOf(fact.address),
      fact.bucket ?? null,
      token,
      digest,
      JSON.stringify({ keyParts, locator } satisfies ArtifactDoc),
      scope.gen,
    ];
    if (known) this.#update.run(...figures, known.aid);
    else this.#add.insert(...figures, scope.sid, fact.id);
    scope.artifactIds.add(fact.id);
    scope.grown.artifactBytes += (fact.bytes ?? 0) - (known?.bytes ?? 0);
    return !known;
  }

  remove(scope: PutScope, id: string): boolean {
    const known = this.#find.get(scope.sid, id);
    if (!known) return false;
    this.#remove.run(known.aid);
    scope.artifactIds.add(id);
    scope.lost.add(id);
    scope.grown.artifactBytes -= known.bytes ?? 0;
    return true;
  }
}
