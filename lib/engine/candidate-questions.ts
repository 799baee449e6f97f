import { setTimeout as delay } from "node:timers/promises";
import type { Viewer } from "../auth/viewer.ts";
import type { SourceCheck } from "../domain/check.ts";
import { AppError } from "../domain/errors.ts";
import type { SourceSettings } from "../domain/source-settings.ts";
import { requireRole } from "../operations/guard.ts";
import type { CandidateRules } from "../sources/admit-candidate.ts";
import type { SourcesApi } from "../sources/thread-contract.ts";
import type { Audit } from "../state/audit.ts";

/** Where sources may be tried and written; there is none unless editing was switched on. */
export interface ConfigEditing extends CandidateRules {
  /** The settings file. */
  path: string;
}

export interface CandidateQuestions {
  /** Takes the role admin. All answers take a multiple of three seconds, so that how long one took tells nothing. */
  checkCandidate(viewer: Viewer, candidate: SourceSettings): Promise<SourceCheck>;
}

export interface CandidateParts {
  sources: Pick<SourcesApi, "checkCandidate">;
  editing: ConfigEditing | null;
  audit: Pick<Audit, "append">;
  now(): number;
  turnMillis?: number;
}

const mostInAMinute = 5;
const minute = 60_000;

export function answerCandidates({
  sources,
  editing,
  audit,
  now,
  turnMillis = 3_000,
}: CandidateParts): CandidateQuestions {
  let asked: number[] = [];
  return {
    async checkCandidate(viewer, candidate) {
      const rules = requireEditing(viewer, editing, "Trying a source");
      asked = asked.filter((at) => at > now() - minute);
      if (asked.length >= mostInAMinute)
        throw new AppError("too_many", `${mostInAMinute} sources were tried within the last minute.`, {
          remedy: "Try it again in a minute.",
        });
      asked.push(now());
      const begun = performance.now();
      const check = await sources.checkCandidate(candidate, rules);
      audit.append({
        ...{ at: now(), by: viewer.name, action: "try-source", source: "" },
        ...{ subject: nameOf(candidate), result: check.verdict },
      });
      const took = performance.now() - begun;
      await delay(Math.ceil(took / turnMillis) * turnMillis - took);
      return check;
    },
  };
}

/** Throws `forbidden` for all but admins, and where editing is not switched on. */
export function requireEditing(viewer: Viewer, editing: ConfigEditing | null, act: string): ConfigEditing {
  requireRole(viewer, "admin", act);
  if (editing) return editing;
  throw new AppError("forbidden", "The settings may not be edited from here.", {
    remedy: "Write trialdeck.config.yaml by hand, or start with a settings file and TRIALDECK_CONFIG_EDIT=1.",
  });
}

/** The target without what signs in. */
export function nameOf({ target }: SourceSettings): string {
  return target.replaceAll(/:\/\/[^/]*@/g, "://").slice(0, 300);
}
