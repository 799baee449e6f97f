import { describe, expect, it } from "vitest";
import type { RunStatus, StepOrigin, StepUse } from "./run.ts";
import { describeRun, sentenceText } from "./run-sentence.ts";

function use(process: string, origin: StepOrigin, extra: Partial<StepUse> = {}): StepUse {
  return {
    process,
    step: null,
    origin,
    startedAt: null,
    endedAt: null,
    executionSeconds: null,
    producer: null,
    entryId: null,
    ...extra,
  };
}
function sentence(
  steps: StepUse[],
  charts: string[] = [],
  status: RunStatus = "completed",
  statusReason?: string,
): string {
  return sentenceText(describeRun({ status, statusReason, steps }, new Set(charts)));
}

describe("describeRun", () => {
  const unchanged = ["prepare_data", "build_features", "train_forest"].map((name) => use(name, "reused"));

  it("says what was reused and what re-ran, in the order it ran, charts counted", () => {
    const steps = [
      ...unchanged,
      use("score_bars", "reused"),
      use("evaluate", "executed", { startedAt: "2026-11-20T23:33:52Z" }),
      use("train_sgd", "executed", { startedAt: "2026-11-20T23:33:48Z" }),
      use("loss_curves", "executed", { startedAt: "2026-11-20T23:33:53Z" }),
    ];
    expect(sentence(steps, ["loss_curves", "score_bars"])).toBe(
      "4 of 7 reused; train_sgd, evaluate and 1 chart re-ran",
    );
  });

  it("says when everything was reused, and when nothing was", () => {
    expect(sentence(unchanged)).toBe("All 3 reused, nothing ran");
    expect(sentence([use("a", "executed"), use("b", "executed")])).toBe("All 2 ran, nothing was reused");
    expect(sentence([use("only", "executed")])).toBe("The only process ran, nothing was reused");
  });

  it("begins with the failure, and tells it from those it took along", () => {
    const steps = [
      ...unchanged,
      use("train_sgd", "failed", { error: { message: "boom", from: "log" } }),
      use("evaluate", "failed", { error: { message: "x", from: "log", caused: { process: "train_sgd" } } }),
      use("report", "never-ran", { error: { message: "x", from: "log", caused: { process: "train_sgd" } } }),
      use("loss_curves", "never-ran"),
    ];
    expect(sentence(steps, ["loss_curves"], "failed")).toBe(
      "train_sgd failed; evaluate and report could not run because of it; 3 of 7 reused; 1 chart never ran",
    );
  });

  it("follows a run while it runs", () => {
    expect(sentence([use("a", "executed"), use("b", "running"), use("c", "running")], [], "running")).toBe(
      "b and c are running; a ran",
    );
    expect(sentence([use("a", "running"), use("b", "never-ran")], [], "running")).toBe(
      "a is running; b is still to come",
    );
    expect(sentence([use("b", "running")], [], "stalled")).toBe("b was at work when the run stopped");
  });

  it("does not call running what a run that is over left behind", () => {
    expect(sentence([use("a", "executed"), use("b", "running")], [], "cancelled")).toBe(
      "a ran; b left no word of how it ended",
    );
  });

  it("does not list more than a reader takes in", () => {
    const steps = [use("x", "reused"), ...["a", "b", "c", "d", "e", "f"].map((name) => use(name, "executed"))];
    expect(sentence(steps)).toBe("1 of 7 reused; a, b, c and 3 more re-ran");
  });

  it("links the processes it names", () => {
    const parts = describeRun({ status: "completed", steps: [...unchanged, use("train[seed=41]", "executed")] });
    expect(parts.filter((part) => part.process)).toEqual([{ text: "train[seed=41]", process: "train[seed=41]" }]);
  });

  it("uses the status of a run that has no processes", () => {
    expect(sentence([], [], "failed", "out of memory")).toBe("Failed: out of memory");
    expect(sentence([use("p", "executed", { step: "s" })])).toBe("Completed");
  });
});
