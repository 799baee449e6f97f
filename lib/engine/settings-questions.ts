import { randomUUID } from "node:crypto";
import type { CheckStep, SourceCheck } from "../domain/check.ts";
import { AppError } from "../domain/errors.ts";
import type { Setting } from "../domain/settings.ts";
import type { Page } from "../domain/source.ts";
import { grantOf, isAtLeast, type Viewer } from "../domain/viewer.ts";
import { requireRole, requireWhole } from "../operations/guard.ts";
import type { SourcesApi } from "../sources/thread-contract.ts";
import type { SourceRegistry } from "./source-questions.ts";

export interface SettingsQuestions {
  settings(viewer: Viewer): Promise<Page<Setting>>;
  /** Takes the role operator, since stores are connected to anew. `tell` hears each step as it ends. */
  checkSource(viewer: Viewer, source: string, tell?: (step: CheckStep) => void): Promise<SourceCheck>;
}

/** Checks that go on at once: each connects to a store some ten times. */
const mostAtOnce = 24;

export function answerSettings(
  registry: SourceRegistry,
  sources: SourcesApi,
  settings: readonly Setting[],
): SettingsQuestions & { hearStep(ticket: string, step: CheckStep): void } {
  const listening = new Map<string, (step: CheckStep) => void>();
  return {
    async settings(viewer) {
      const items = settings.filter(({ of }) => maySeeSettings(viewer, of));
      if (items.length === 0) requireRole(viewer, null, "operator", "Seeing the settings");
      const total = { value: items.length, exact: true };
      return { items, nextCursor: null, total, asOf: null, complete: true };
    },
    async checkSource(viewer, source, tell = () => undefined) {
      registry.pick(viewer, source);
      requireWhole(viewer, source, "operator", "Checking a source");
      if (listening.size >= mostAtOnce)
        throw new AppError("too_many", `${mostAtOnce} checks are under way.`, { remedy: "Try it again in a moment." });
      const ticket = randomUUID();
      listening.set(ticket, tell);
      try {
        return await sources.check(source, ticket);
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
