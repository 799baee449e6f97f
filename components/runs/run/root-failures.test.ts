import { describe, expect, it } from "vitest";
import type { StepUse } from "../../../lib/domain/run.ts";
import { rootFailures } from "./root-failures.ts";

function failed(process: string, step: string | null, error: StepUse["error"]): StepUse {
  const times = { startedAt: null, endedAt: null, executionSeconds: null };
  return { process, step, origin: "failed", ...times, producer: null, entryId: null, ...(error && { error }) };
}

describe("rootFailures", () => {
  it("tells the failure of a process once, and not those it took along", () => {
    const steps = [
      failed("fit", "epoch", { message: "the step's words", from: "store" }),
      failed("fit", null, { message: "boom", from: "log" }),
      failed("score", null, { message: "boom", from: "log", caused: { process: "fit" } }),
      failed("silent", null, undefined),
    ];
    expect(rootFailures(steps)).toEqual([{ process: "fit", headline: "boom", inLog: true }]);
  });

  it("keeps the first lines of a message, and the last of a traceback", () => {
    const headline = (message: string) => rootFailures([failed("p", null, { message, from: "store" })])[0]?.headline;
    expect(headline("a\n\nb\nc\nd")).toBe("a\nb\nc");
    expect(headline('Traceback (most recent call last):\n  File "x.py"\nValueError: bad\n')).toBe("ValueError: bad");
  });
});
