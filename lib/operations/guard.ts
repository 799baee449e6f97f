import { AppError } from "../domain/errors.ts";
import { type Grant, grantOf, isAtLeast, maySee, type Role } from "../domain/viewer.ts";
import type { Actor, OperationRules, OperationSource, OperationsContext } from "./context.ts";

/**
 * Throws `forbidden` for a lesser role in the source, `not_found` for one who may not know of it. `source` null: what concerns the whole server takes
 * someone who sees every source.
 */
export function requireRole(actor: Actor, source: string | null, role: Role, act: string): void {
  if (source === null) {
    if (isAtLeast(actor.role, role) && actor.grants === null) return;
    throw lesser(`${act} takes the role ${role} for every source.`, role);
  }
  if (!isAtLeast(grantIn(actor, source).role, role)) throw lesser(`${act} takes the role ${role} there.`, role);
}

/** The same for what cannot be told by experiment: throws `forbidden` for one who sees some of them only. */
export function requireWhole(actor: Actor, source: string, role: Role, act: string): void {
  requireRole(actor, source, role, act);
  if (grantIn(actor, source).experiments === null) return;
  throw lesser(`${act} takes the role ${role} for all of its experiments.`, role);
}

function grantIn(actor: Actor, source: string): Grant {
  const grant = grantOf(actor, source);
  if (grant) return grant;
  throw new AppError("not_found", "There is no such source.", { remedy: "GET /api/v1/sources lists them." });
}

function lesser(message: string, role: Role): AppError {
  return new AppError("forbidden", message, { remedy: `Ask someone with the role ${role}, or whoever grants it.` });
}

/** Why not even plans are made for this source; `null`: they are. Throws `not_found`. */
export function planRefusal({ rules, sourceOf }: OperationsContext, source: string): AppError | null {
  const { label, readOnly } = sourceOf(source);
  if (rules.mode === "off")
    return new AppError("forbidden", "Invalidation is switched off on this server.", {
      remedy: "Start it with TRIALDECK_INVALIDATION=plan or =on.",
    });
  if (!readOnly) return null;
  return new AppError("forbidden", `${label} is read-only here.`, {
    remedy:
      "Take readOnly out of its settings, or start the server without --read-only and as the only one on its state folder.",
  });
}

/** Why nothing of this source may be changed by the settings; `null`: it may. Throws `not_found`. */
export function settingRefusal(context: OperationsContext, source: string): AppError | null {
  const refusal = planRefusal(context, source);
  if (refusal || context.rules.mode === "on") return refusal;
  return new AppError("forbidden", "This server makes plans only.", {
    remedy: "Start it with TRIALDECK_INVALIDATION=on to apply them.",
  });
}

/** Why nothing may be taken out of this source now: a run that is on reads and writes the same file. */
export async function lifeRefusal(context: OperationsContext, actor: Actor, source: string): Promise<AppError | null> {
  const { engines } = context.sourceOf(source);
  if (!engines.some(({ slot, engine }) => slot === "index" && engine === "sqlite")) return null;
  const running = await context.reader.runs({
    sources: [source],
    scope: { experiments: null },
    status: ["running"],
    columns: [],
    limit: 1,
  });
  const run = running.items[0];
  if (!run) return null;
  const isSeen = maySee(actor, source, run.experimentId);
  return new AppError("conflict", `${isSeen ? `The run ${run.name}` : "A run"} is under way in this SQLite file.`, {
    remedy: "Wait until it has ended: nothing is taken out of a file that a run writes to.",
    ...(isSeen && { details: { run: run.id } }),
  });
}

/** What is to be typed before this many things go; `null`: nothing. */
export function confirmationOf(rules: OperationRules, source: OperationSource, items: number): string | null {
  const isProduction = /^prod(uction)?$/i.test(source.environment ?? "");
  return items > rules.confirmAbove || isProduction ? source.label : null;
}

/** Throws `bad_request` unless what was to be typed was typed. */
export function requireConfirmation(expected: string | null, typed: string | undefined): void {
  if (expected === null || typed === expected) return;
  throw new AppError("bad_request", `Type the name of the source to confirm: ${expected}.`, {
    remedy: "Send it as `confirm`, exactly as it is written here.",
    details: { confirm: expected },
  });
}

/** Which stores a source's things are in, as one text: a plan holds only for these. Throws `unsupported` where none may be changed. */
export async function identityOf(context: OperationsContext, source: string): Promise<string> {
  const stores = await context.sources.changeableStores(source);
  if (stores.length === 0)
    throw new AppError("unsupported", "Nothing of this source can be changed.", {
      remedy: "Its layout only reads, or its stores were opened without the right to write.",
    });
  return stores
    .map(({ store, identity }) => `${store} ${identity}`)
    .sort()
    .join("; ");
}

/** Throws `conflict` when the name of a source leads to other stores than before. */
export async function requireIdentity(context: OperationsContext, source: string, expected: string): Promise<void> {
  const identity = await identityOf(context, source);
  if (identity === expected) return;
  throw new AppError("conflict", "The source leads to another store than it did.", {
    remedy: "Nothing was changed. See whether its address still means what it meant, and plan again.",
    details: { expected, found: identity },
  });
}
