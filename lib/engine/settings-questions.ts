import { randomUUID } from "node:crypto";
import type { CheckPart, CheckStep, SourceCheck } from "../domain/check.ts";
import { AppError, isAppError } from "../domain/errors.ts";
import type { Setting, SettingsAnswer } from "../domain/settings.ts";
import { grantOf, isAtLeast, type Viewer } from "../domain/viewer.ts";
import { requireRole, requireWhole } from "../operations/guard.ts";
import type { SourcesApi } from "../sources/thread-contract.ts";
import type { FollowedSettings } from "./follow-settings.ts";
import type { SourceRegistry } from "./source-questions.ts";

/** A source, or a part of it. */
export interface SourceAsked extends CheckPart {
  source: string;
}

export interface SettingsQuestions {
  settings(viewer: Viewer): Promise<SettingsAnswer>;
  /** Takes the role operator, since stores are connected to anew. `tell` hears each step as it ends. */
  checkSource(viewer: Viewer, asked: SourceAsked, tell?: (step: CheckStep) => void): Promise<SourceCheck>;
}

interface SettingsParts {
  settings: readonly Setting[];
  followed: FollowedSettings | null;
  /** Whether sources may be tried and written from the pages. */
  editing: boolean;
}

/** Checks that go on at once: each connects to a store some ten times. */
const mostAtOnce = 24;

/** While the sources cannot be asked, all else is told. */
function nothingWhileAway(error: unknown): Setting[] {
  if (isAppError(error)) return [];
  throw error;
}

export function answerSettings(
  registry: SourceRegistry,
  sources: SourcesApi,
  { settings, followed, editing }: SettingsParts,
): SettingsQuestions & { hearStep(ticket: string, step: CheckStep): void } {
  const listening = new Map<string, (step: CheckStep) => void>();
  return {
    async settings(viewer) {
      const targets = settings.filter(({ name, of }) => name === "target" && maySeeSettings(viewer, of));
      const ofServer = settings.filter(({ of }) => of === "server" && maySeeSettings(viewer, of));
      if (targets.length + ofServer.length === 0) requireRole(viewer, null, "operator", "Seeing the settings");
      const systems = await Promise.all(
        targets.map(({ of, origin }) => sources.describeSystems(of, origin).catch(nothingWhileAway)),
      );
      const ofSources = targets.flatMap(({ of }, at) => [...settings.filter((one) => one.of === of), ...systems[at]!]);
      const items = [...ofServer, ...ofSources];
      const total = { value: items.length, exact: true };
      const changed = ofServer.length > 0 ? (followed?.changed() ?? null) : null;
      return { items, nextCursor: null, total, asOf: null, complete: true, changed, editing };
    },
    async checkSource(viewer, { source, slot, stage }, tell = () => undefined) {
      registry.pick(viewer, source);
      requireWhole(viewer, source, "operator", "Checking a source");
      if (listening.size >= mostAtOnce)
        throw new AppError("too_many", `${mostAtOnce} checks are under way.`, { remedy: "Try it again in a moment." });
      const ticket = randomUUID();
      listening.set(ticket, tell);
      try {
        return await sources.check(source, ticket, { slot, stage });
      } finally {
        listening.delete(ticket);
      }
    },
    hearStep: (ticket, step) => listening.get(ticket)?.(step),
  };
}

/** Those of the server are seen by who sees every source, those of a source by who sees it whole. */
function maySeeSettings(viewer: Viewer, of: string): boolean {
  if (viewer.grants === null) return isAtLeast(viewer.role, "operator");
  const grant = of === "server" ? null : grantOf(viewer, of);
  return grant !== null && grant.experiments === null && isAtLeast(grant.role, "operator");
}
