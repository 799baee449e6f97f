import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { SourceCheck } from "../domain/check.ts";
import { AppError } from "../domain/errors.ts";
import type { SourcePlace, SourceSettings } from "../domain/source-settings.ts";
import type { Viewer } from "../domain/viewer.ts";
import { requireRole } from "../operations/guard.ts";
import { unmaskSource, withoutSecrets } from "../settings/edit-settings.ts";
import type { CandidateRules } from "../sources/admit-candidate.ts";
import type { SourcesApi } from "../sources/thread-contract.ts";
import type { State } from "../state/state.ts";
import { openWritten } from "./written-settings.ts";

/** Where sources may be tried and written; there is none unless editing was switched on. */
export interface ConfigEditing extends CandidateRules {
  /** The settings file. */
  path: string;
}

export interface CandidateQuestions {
  /**
   * Takes the role admin. All answers take a multiple of three seconds, so that how long one took tells nothing. One that fails is kept as a draft.
   * `place`: of the source that it would change, whose secrets it goes on with where address and user are the same.
   */
  checkCandidate(viewer: Viewer, candidate: SourceSettings, place?: SourcePlace): Promise<SourceCheck>;
}

export interface CandidateParts {
  sources: Pick<SourcesApi, "checkCandidate">;
  editing: ConfigEditing | null;
  state: Pick<State, "audit" | "drafts">;
  /** What has passed its check. */
  passed: Set<string>;
  now(): number;
  turnMillis?: number;
}

const mostInAMinute = 5;
const minute = 60_000;

export function answerCandidates(parts: CandidateParts): CandidateQuestions {
  const { sources, editing, state, passed, now, turnMillis = 3_000 } = parts;
  let asked: number[] = [];
  return {
    async checkCandidate(viewer, candidate, place) {
      const rules = requireEditing(viewer, editing, "Trying a source");
      asked = asked.filter((at) => at > now() - minute);
      if (asked.length >= mostInAMinute)
        throw new AppError("too_many", `${mostInAMinute} sources were tried within the last minute.`, {
          remedy: "Try it again in a minute.",
        });
      asked.push(now());
      const begun = performance.now();
      const of = place?.of ?? null;
      const known = place && openWritten(rules.path, place);
      const complete = unmaskSource(candidate, known?.shown ?? null, known?.resolved ?? null);
      const note = (result: string) =>
        state.audit.append({
          ...{ at: now(), by: viewer.name, action: "try-source", source: of ?? "" },
          ...{ subject: nameOf(candidate), result },
        });
      const check = await sources.checkCandidate(complete, rules).catch((error: unknown) => {
        note("failed");
        throw error;
      });
      note(check.verdict);
      if (check.verdict === "fail") {
        const settings = JSON.stringify(withoutSecrets(candidate));
        state.drafts.keep({ of, by: viewer.name, at: now(), settings });
      } else passed.add(fingerprintOf(of, candidate));
      const took = performance.now() - begun;
      await delay(Math.ceil(took / turnMillis) * turnMillis - took);
      return check;
    },
  };
}

/** Throws `forbidden` for all but admins, and where editing is not switched on. */
export function requireEditing(viewer: Viewer, editing: ConfigEditing | null, act: string): ConfigEditing {
  requireRole(viewer, null, "admin", act);
  if (editing) return editing;
  throw new AppError("forbidden", "The settings may not be edited from here.", {
    remedy: "Write trialdeck.config.yaml by hand, or start with a settings file and TRIALDECK_CONFIG_EDIT=1.",
  });
}

/** Equal for the same settings of the same source. */
export function fingerprintOf(of: string | null, candidate: SourceSettings): string {
  return createHash("sha256")
    .update(JSON.stringify([of, candidate]))
    .digest("base64url");
}

/** The target without what signs in. */
export function nameOf({ target }: SourceSettings): string {
  return target.replaceAll(/:\/\/\S*@/g, "://").slice(0, 300);
}
