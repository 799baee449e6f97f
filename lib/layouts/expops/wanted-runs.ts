/** How a run is looked at: on a page of its own, or as a row among others. */
export type Look = "opened" | "listed";

interface WantedRun {
  project: string;
  runName: string;
  look: Look;
}

/** What nobody can have in view any more is dropped. */
const mostWanted = 200;
/** Rows leave a part of what is kept for people to the run that someone opens. */
const shares: Record<Look, number> = { opened: 1, listed: 0.5 };

/** Runs that someone looks at while the rest of them is still to be read: opened ones first, the latest look before earlier ones. */
export class WantedRuns {
  readonly #wanted = new Map<string, WantedRun>();
  #onWish: () => void = () => {};

  set onWish(listener: () => void) {
    this.#onWish = listener;
  }

  wish(project: string, runName: string, look: Look): void {
    const key = JSON.stringify([project, runName]);
    const known = this.#wanted.get(key);
    this.#wanted.delete(key);
    this.#wanted.set(key, { project, runName, look: known?.look === "opened" ? "opened" : look });
    const [oldest] = this.#wanted.keys();
    if (this.#wanted.size > mostWanted && oldest !== undefined) this.#wanted.delete(oldest);
    this.#onWish();
  }

  fulfil({ project, runName }: WantedRun): void {
    this.#wanted.delete(JSON.stringify([project, runName]));
  }

  /** With the share of what is kept back that each may use. */
  inOrder(): (WantedRun & { share: number })[] {
    const latest = [...this.#wanted.values()].reverse().map((run) => ({ ...run, share: shares[run.look] }));
    return latest.sort((a, b) => b.share - a.share);
  }
}
