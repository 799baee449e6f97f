import type { Operation, OperationKind } from "../../lib/domain/operation.ts";
import type { PlanIntent } from "../../lib/domain/plan.ts";

/** What someone may want, in their words; and what then happens. */
export const intents: readonly { id: PlanIntent; title: string; says: string }[] = [
  {
    id: "wrong-result",
    title: "The result is wrong",
    says: "It goes with everything that was made of it, so that the next run makes all of it anew.",
  },
  {
    id: "run-again",
    title: "Run it once more",
    says: "The process and its steps go; what was made of them stays and is served.",
  },
  {
    id: "free-space",
    title: "Free space",
    says: "The entries go with their files; a file that something else needs stays.",
  },
  {
    id: "repair",
    title: "Repair",
    says: "Only broken entries and files that no entry names go.",
  },
  { id: "custom", title: "Exactly what I chose", says: "Nothing else goes with it. For those who know the store." },
];

const kinds: Record<OperationKind, string> = {
  invalidate: "Invalidation",
  restore: "Put back",
  purge: "Purge",
  revive: "Revival",
  extend: "Longer life",
};

/** The same within a sentence. */
export function wordsOfIntent(intent: PlanIntent | null): string | null {
  const title = titleOfIntent(intent);
  return title && title.charAt(0).toLowerCase() + title.slice(1);
}

export function titleOfIntent(intent: PlanIntent | null): string | null {
  return intents.find(({ id }) => id === intent)?.title ?? null;
}

/** What an operation is, in words. */
export function titleOfOperation({
  kind,
  intent,
  ofOperation,
}: Pick<Operation, "kind" | "intent" | "ofOperation">): string {
  if (ofOperation !== null && intent === "revive") return "Undo of a revival";
  if (ofOperation !== null && intent === "keep-longer") return "Undo of a longer life";
  const wanted = titleOfIntent(intent);
  return wanted ? `${kinds[kind]}: ${wanted.toLowerCase()}` : kinds[kind];
}
