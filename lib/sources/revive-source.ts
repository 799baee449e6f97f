import type { LifeOutcome, LifeRequest } from "../contracts/changes.ts";
import type { Subject } from "../contracts/layout.ts";
import type { FoundRevival, LostResult, Revival, ReviveOutcome } from "../contracts/revive.ts";
import { AppError } from "../domain/errors.ts";
import type { ChangedSource } from "./change-source.ts";
import { asAppError } from "./source-status.ts";
import type { LifeAsked, PlannedRevival, ReviveAsked } from "./thread-contract.ts";

/** How entries would come back, without what would be written. */
export async function findRevivalsIn(source: ChangedSource, lost: readonly LostResult[]): Promise<PlannedRevival[]> {
  const found = await revivalsOf(source, lost);
  return found.map((one) => {
    if (one.state !== "revivable") return one;
    const { thing: _thing, store: _store, ...told } = one;
    return told;
  });
}

/** Writes entries anew where nothing stands, if they are still to be made of just what was planned. */
export async function reviveIn(source: ChangedSource, wanted: readonly ReviveAsked[]): Promise<ReviveOutcome[]> {
  const found = await revivalsOf(source, wanted);
  const outcomes: ReviveOutcome[] = found.map((one, index) => {
    if (one.state === "occupied") return { outcome: "different" };
    if (one.state !== "revivable") return { outcome: "refused", why: one.why };
    const { locator, token } = wanted[index] as ReviveAsked;
    return { outcome: one.locator === locator && one.token === token ? "revived" : "changed" };
  });
  const ready = found.flatMap((one, index) =>
    one.state === "revivable" && outcomes[index]?.outcome === "revived" ? [{ one, index }] : [],
  );
  for (const [store, ofStore] of Map.groupBy(ready, ({ one }) => one.store)) {
    const answers = await createIn(
      source,
      store,
      ofStore.map(({ one, index }) => ({ one, receiptId: (wanted[index] as ReviveAsked).receiptId })),
    );
    for (const [at, { index }] of ofStore.entries()) outcomes[index] = answers[at] as ReviveOutcome;
  }
  return outcomes;
}

async function createIn(
  source: ChangedSource,
  store: string,
  some: readonly { one: FoundRevival; receiptId: string }[],
): Promise<ReviveOutcome[]> {
  try {
    const changes = source.changing?.changesOf(store);
    if (!changes?.describeNew) throw cannotMake(source);
    const receipts = some
      .map(({ one, receiptId }) => changes.describeNew?.(one.thing, receiptId))
      .filter((one) => one !== undefined);
    const answers = await changes.putBack(receipts);
    await source.retell(
      store,
      some.map(({ one }) => one.thing.locator),
    );
    return answers.map((answer): ReviveOutcome => {
      if ("failure" in answer) return answer;
      if (answer.outcome === "same" || answer.outcome === "different") return { outcome: answer.outcome };
      return { outcome: "revived" };
    });
  } catch (error) {
    return some.map(() => failed(error, source));
  }
}

/** Gives entries another end of life that are still as told and still end when they did. */
export async function setLivesIn(source: ChangedSource, wanted: readonly LifeAsked[]): Promise<LifeOutcome[]> {
  const { changing } = source;
  if (!changing) throw cannotMake(source);
  const subjects = await changing.subjects(source.context, wanted);
  const outcomes: LifeOutcome[] = subjects.map((subject) => outcomeOf(subject));
  const ready = subjects.flatMap((subject, index) => (subject.state === "as-told" ? [{ subject, index }] : []));
  for (const [store, ofStore] of Map.groupBy(ready, ({ subject }) => subject.store)) {
    const requests = ofStore.map(({ subject: { locator, thing }, index }): LifeRequest => {
      const { from, to } = wanted[index] as LifeAsked;
      return { locator, token: thing.token, from, to };
    });
    const answers = await setIn(source, store, requests);
    for (const [at, { index }] of ofStore.entries()) outcomes[index] = answers[at] as LifeOutcome;
  }
  return outcomes;
}

async function setIn(source: ChangedSource, store: string, requests: readonly LifeRequest[]): Promise<LifeOutcome[]> {
  try {
    const changes = source.changing?.changesOf(store);
    if (!changes?.setLives) throw livesForGood(source);
    const answers = await changes.setLives(requests);
    await source.retell(
      store,
      requests.map(({ locator }) => locator),
    );
    return answers;
  } catch (error) {
    return requests.map(() => failed(error, source));
  }
}

/** A store that does not answer now is to be asked again: the same question twice does no harm. */
function failed(error: unknown, { label }: ChangedSource): { outcome: "failed" | "unknown"; failure: AppError } {
  const failure = asAppError(error, label);
  return { outcome: /^source_/.test(failure.code) ? "unknown" : "failed", failure };
}

function outcomeOf(subject: Subject): LifeOutcome {
  if (subject.state === "refused") return { outcome: "failed", failure: subject.failure };
  return { outcome: subject.state === "as-told" ? "set" : subject.state };
}

async function revivalsOf(source: ChangedSource, lost: readonly LostResult[]): Promise<Revival[]> {
  const { changing, context } = source;
  if (!changing?.revivals) throw cannotMake(source);
  return changing.revivals(context, lost);
}

function cannotMake({ label }: ChangedSource): AppError {
  return new AppError("unsupported", `No entry of ${label} can be made anew.`, {
    remedy: "Its records do not tell what an entry held, or its stores may only be read: run again what made it.",
  });
}

function livesForGood({ label }: ChangedSource): AppError {
  return new AppError("unsupported", `${label} cannot be told to keep an entry longer.`, {
    remedy: "Run again what made it when it has ended.",
  });
}
