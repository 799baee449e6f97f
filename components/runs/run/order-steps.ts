import type { StepUse } from "../../../lib/domain/run.ts";

/** Processes by their start, reused ones (which have none here) first in their recorded order, each followed by its steps. */
export function orderSteps(uses: readonly StepUse[]): StepUse[] {
  const startOf = (use: StepUse | undefined) =>
    use && use.origin !== "reused" && use.startedAt
      ? Date.parse(use.startedAt)
      : use?.origin === "reused"
        ? -1
        : Infinity;
  const byStart = (a: StepUse | undefined, b: StepUse | undefined) => {
    const [first, second] = [startOf(a), startOf(b)];
    return first === second ? 0 : first - second;
  };
  const heads = new Map(uses.filter((use) => use.step === null).map((use) => [use.process, use]));
  const names = [...new Set(uses.map((use) => use.process))];
  names.sort((a, b) => byStart(heads.get(a), heads.get(b)));
  return names.flatMap((name) => {
    const steps = uses.filter((use) => use.process === name && use.step !== null).sort(byStart);
    const head = heads.get(name);
    return head ? [head, ...steps] : steps;
  });
}
