import type { DocumentChange, DocumentDriver, StopWatching, StoredDocument } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import { collectionsOfRun } from "./document-rows.ts";
import type { RunDocuments } from "./document-runs.ts";

type Part = keyof RunDocuments;
const parts: readonly Part[] = ["steps", "charts", "metrics"];

/** What a run at work writes, kept up by the store itself: nothing is read twice. */
export class FollowedRun {
  readonly #documents: Record<Part, Map<string, StoredDocument>> = {
    steps: new Map(),
    charts: new Map(),
    metrics: new Map(),
  };
  readonly #arrived = new Set<Part>();
  readonly #stops: StopWatching[] = [];

  async start(
    driver: DocumentDriver,
    project: string,
    runName: string,
    onChange: () => void,
    context: LayoutContext,
  ): Promise<void> {
    const collections = collectionsOfRun(project, runName);
    for (const part of parts) {
      const stop = await driver.watch?.(collections[part], {
        onChanges: (changes) => {
          this.#note(part, changes);
          onChange();
        },
        onTrouble: (failure) => context.trouble(`${part} of ${runName}`, failure),
      });
      if (stop) this.#stops.push(stop);
    }
  }

  /** `null` while not all of it has come. */
  documents(): RunDocuments | null {
    if (this.#arrived.size < parts.length) return null;
    const { steps, charts, metrics } = this.#documents;
    return { steps: [...steps.values()], charts: [...charts.values()], metrics: [...metrics.values()] };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#stops.map((stop) => stop()));
  }

  #note(part: Part, changes: readonly DocumentChange[]): void {
    this.#arrived.add(part);
    for (const change of changes) {
      if (change.kind === "put") this.#documents[part].set(change.document.path, change.document);
      else this.#documents[part].delete(change.path);
    }
  }
}
