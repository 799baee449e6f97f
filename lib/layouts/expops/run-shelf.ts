import type { DocumentQuestions, StoredDocument } from "../../contracts/driver.ts";
import { hasEnded, type RunDocuments, readRunDocuments } from "./document-runs.ts";
import type { FollowedRun } from "./followed-run.ts";

/** Runs that have ended and whose documents are kept after they were read. */
const mostKept = 50;

/** Documents of runs that are at hand: those of runs at work are followed, those of others kept for a while. Nothing is read twice at once. */
export class RunShelf {
  readonly #followed = new Map<string, FollowedRun>();
  readonly #kept = new Map<string, { token: string; documents: Promise<RunDocuments> }>();

  follow(project: string, runName: string, followed: FollowedRun): void {
    this.#followed.set(keyOf(project, runName), followed);
  }

  unfollow(project: string, runName: string): void {
    this.#followed.delete(keyOf(project, runName));
  }

  isFollowed(project: string, runName: string): boolean {
    return this.#followed.has(keyOf(project, runName));
  }

  /** What hangs on a run, without a question; `null`: it is not at hand. */
  find(project: string, run: StoredDocument): Promise<RunDocuments> | RunDocuments | null {
    const key = keyOf(project, run.id);
    const kept = this.#kept.get(key);
    return this.#followed.get(key)?.documents() ?? (kept?.token === run.token ? kept.documents : null);
  }

  async read(project: string, run: StoredDocument, questions: DocumentQuestions): Promise<RunDocuments> {
    const found = this.find(project, run);
    if (found) return found;
    const key = keyOf(project, run.id);
    const documents = readRunDocuments(questions, project, run.id);
    // The own document of a run at work does not tell that the others changed.
    if (!hasEnded(run)) return documents;
    this.#kept.set(key, { token: run.token, documents });
    documents.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    return documents;
  }
}

function keyOf(project: string, runName: string): string {
  return JSON.stringify([project, runName]);
}
