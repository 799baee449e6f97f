import { expect, it } from "vitest";
import type { StepOrigin, StepUse } from "../../../lib/domain/run.ts";
import { orderSteps } from "./order-steps.ts";

function use(process: string, step: string | null, origin: StepOrigin, second?: number): StepUse {
  const startedAt = second === undefined ? null : new Date(second * 1000).toISOString();
  return { process, step, origin, startedAt, endedAt: null, executionSeconds: null, producer: null, entryId: null };
}

it("puts reused processes first, then those that ran by their start, each with its steps below", () => {
  const uses = [
    use("never", null, "never-ran"),
    use("evaluate", null, "executed", 9),
    use("train", "second", "executed", 6),
    use("train", "first", "executed", 5),
    use("train", null, "executed", 4),
    use("prepare", null, "reused", 99),
  ];
  expect(orderSteps(uses).map(({ process, step }) => (step === null ? process : `${process}/${step}`))).toEqual([
    "prepare",
    "train",
    "train/first",
    "train/second",
    "evaluate",
    "never",
  ]);
});
