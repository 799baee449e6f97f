import { randomUUID } from "node:crypto";
import { compareDumps, type Dump, splitTrash } from "./dump.ts";
import type { KillPoint, Moment } from "./kill-points.ts";
import { type Operation, openMortalServer } from "./mortal-server.ts";
import { requireSoundAudit } from "./sound-audit.ts";
import { type KilledEngine, type KilledStore, killedEngines } from "./stores.ts";

export interface KillTally {
  kills: number;
  /** Operations that went on where they were, and those of which nothing had begun. */
  finished: number;
  rolledBack: number;
  /** From the moment at which the next server listens to the end of the operation, s, and how long the slowest took to listen. */
  slowest: number;
  slowestStart: number;
  /** What was not done in time. */
  late: string[];
}

interface Plan {
  id: string;
  fingerprint: string;
  confirm: string | null;
  totals: { entries: number; payloads: number };
}
interface Entry {
  id: string;
  payloads: { role: string }[];
}

/** Within so many seconds after it listens the next server has finished what the killed one left. */
const mostSeconds = 10;

/** How long a change of one store takes about, µs: a kill "while" comes anywhere within. */
const changeMicros: Record<KilledEngine, number> = {
  sqlite: 1_500,
  redis: 6_000,
  files: 6_000,
  firestore: 40_000,
  gcs: 60_000,
};

export interface KillLane {
  tally: KillTally;
  /** One operation with a kill in it at the point, and the proof that nothing was lost. Throws with what is wrong. */
  round(point: KillPoint): Promise<void>;
  /** `keep`: the state stays where the message says, to be looked at. */
  close(options: { keep: boolean }): Promise<void>;
  stateDir: string;
}

/** A store with the servers that come and go on it. */
export async function openKillLane(engine: KilledEngine, random: () => number): Promise<KillLane> {
  const { slot, open } = killedEngines[engine];
  const store = await open();
  const { server, source } = await openServed(store).catch(async (error: unknown) => {
    await store.stop();
    throw error;
  });
  const tally: KillTally = { kills: 0, finished: 0, rolledBack: 0, slowest: 0, slowestStart: 0, late: [] };
  const readServing = async () => splitTrash(await store.dump());

  async function plan(): Promise<Plan> {
    const { items } = await server.ask<{ items: Entry[] }>(`/sources/${source.id}/cache/entries?limit=200`);
    const chosen = items.filter(({ payloads }) => payloads.length > 0);
    const entries = Array.from({ length: 3 }, () => chosen[Math.floor(random() * chosen.length)]?.id ?? "");
    const intents = slot === "blobs" ? ["free-space"] : ["free-space", "wrong-result", "run-again"];
    const intent = intents[Math.floor(random() * intents.length)]!;
    const body = { intent, selector: { entries: [...new Set(entries)] } };
    const made = await server.send<Plan>(`/sources/${source.id}/cache/plans`, body, randomUUID());
    if (!made) throw new Error("the server was killed over a plan");
    return slot === "blobs" && made.totals.payloads === 0 ? plan() : made;
  }

  /** Orders the kill, asks for the operation, sees the server die, and the next one finish or know nothing of it. */
  async function carryOut(path: string, body: object, moment: Moment | null): Promise<Operation> {
    const key = randomUUID();
    const before = await store.dump();
    const known = new Set((await server.operations()).map(({ id }) => id));
    if (moment) {
      const lasts = moment === "while the store changes";
      const afterMicros = lasts ? 1 + Math.floor(random() * changeMicros[engine]) : 0;
      await server.order({ moment, slot, afterMicros });
    }
    const answer = await server.send<{ operationId: string }>(path, body, key);
    const findIt = async () => (await server.operations()).find(({ id }) => !known.has(id)) ?? null;
    const ended = async () => {
      const found = await findIt();
      // One that was ordered may still come when all is done.
      const isOver = found !== null && found.status !== "running" && (!moment || server.isOrderOpen());
      return isOver ? found : null;
    };
    const seen = answer === null ? "killed" : await server.until("The operation", ended);
    if (seen !== "killed") {
      await server.withdrawOrder();
      if (moment) throw new Error("the operation ended and was never at the point");
      return seen;
    }
    return recover({ path, body, key, before }, findIt);
  }

  async function recover(
    { path, body, key, before }: { path: string; body: object; key: string; before: Dump },
    findIt: () => Promise<Operation | null>,
  ): Promise<Operation> {
    tally.kills += 1;
    // Now and then the next one is killed as well, over what this one left.
    if (random() < 0.2)
      await server.order({ moment: random() < 0.5 ? "store changed" : "a part done", slot, afterMicros: 0 });
    tally.kills += await server.startAgain();
    const settled = async () => {
      const found = await findIt();
      return found?.status === "running" ? null : { found };
    };
    let left = await server.until("What was left", settled);
    while (left === "killed") {
      tally.kills += 1 + (await server.startAgain());
      left = await server.until("What was left", settled);
    }
    const { since, listensAfter } = server.seconds();
    const seconds = since - listensAfter;
    tally.slowest = Math.max(tally.slowest, seconds);
    tally.slowestStart = Math.max(tally.slowestStart, listensAfter);
    if (seconds > mostSeconds) tally.late.push(`what was left took ${seconds.toFixed(1)} s`);
    await server.withdrawOrder();
    await server.untilRead();
    if (left.found) tally.finished += 1;
    else {
      tally.rolledBack += 1;
      requireSame(before, await store.dump(), "though the operation had not begun");
    }
    // Whoever asked asks again, as a client does that got no answer.
    const again = await server.send<{ operationId: string }>(path, body, key);
    if (left.found && again?.operationId !== left.found.id) throw new Error("asked again, it began anew");
    const done = await server.until("The operation", async () => {
      const found = await findIt();
      return found && found.status !== "running" ? found : null;
    });
    if (done === "killed") throw new Error("the server was killed without an order");
    return done;
  }

  async function round({ kind, moment }: KillPoint): Promise<void> {
    const { serving: before, waiting } = await readServing();
    if (waiting.length > 0) throw new Error(`something waits already: ${waiting}`);
    const { id, fingerprint, confirm, totals } = await plan();
    const planned = totals.entries + totals.payloads;
    const apply = `/sources/${source.id}/cache/plans/${id}/apply`;
    const taken = await carryOut(
      apply,
      { fingerprint, ...(confirm && { confirm }) },
      kind === "invalidate" ? moment : null,
    );
    requireOutcome(taken, "deleted", planned);
    const without = compareDumps(before, (await readServing()).serving);
    requireNone(without.changed, "was changed");
    requireNone(without.added, "was added");
    if (without.missing.length !== planned || taken.totals.trashItems !== planned)
      throw new Error(
        `${planned} planned, ${without.missing.length} gone, ${taken.totals.trashItems} to be put back: ${without.missing}`,
      );
    if (kind === "purge") return purge(taken, moment, planned);
    const back = await carryOut(`/operations/${taken.id}/restore`, {}, kind === "restore" ? moment : null);
    requireOutcome(back, "restored", planned);
    const { serving, waiting: left } = await readServing();
    requireSame(before, serving, "after all was put back");
    requireNone(left, "still waits beside");
  }

  /** What was planned is gone for good and nothing else; then it comes back past the product. */
  async function purge(taken: Operation, moment: Moment, planned: number): Promise<void> {
    const { serving } = await readServing();
    const purged = await carryOut(`/operations/${taken.id}/purge`, { confirm: source.label }, moment);
    requireOutcome(purged, "purged", planned);
    const now = await readServing();
    requireSame(serving, now.serving, "by a purge");
    requireNone(now.waiting, "still waits beside");
    await server.pause(store.refill);
    await server.untilRead();
  }

  return {
    tally,
    round,
    stateDir: server.stateDir,
    async close({ keep }) {
      try {
        requireSoundAudit(server.stateDir);
      } finally {
        await server.stop({ keep });
        await store.stop();
      }
    },
  };
}

/** A server that has read the whole store, and the name of its source. */
async function openServed(store: KilledStore) {
  const server = await openMortalServer(store);
  try {
    await server.untilRead();
    const [source] = (await server.ask<{ items: { id: string; label: string }[] }>("/sources")).items;
    if (!source) throw new Error("the server has no source");
    return { server, source };
  } catch (error) {
    await server.stop({ keep: false });
    throw error;
  }
}

function requireOutcome({ status, totals }: Operation, outcome: string, items: number): void {
  if (status === "done" && totals.items === items && totals.outcomes[outcome] === items) return;
  throw new Error(`${status} with ${JSON.stringify(totals)} where ${items} were to be ${outcome}`);
}

function requireSame(before: Dump, after: Dump, when: string): void {
  for (const [what, names] of Object.entries(compareDumps(before, after))) requireNone(names, `is ${what} ${when}`);
}

function requireNone(names: readonly string[], what: string): void {
  if (names.length > 0) throw new Error(`${names.length} things, of which each ${what}: ${names.slice(0, 5)}`);
}
