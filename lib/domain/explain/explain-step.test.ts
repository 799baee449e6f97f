import { expect, it } from "vitest";
import type { Evidence } from "./evidence.ts";
import { explainProcess } from "./explain.ts";
import { explainStep } from "./explain-step.ts";
import { sampleEvidence, sampleKeys, sampleRun, sampleUse, sampleVersion } from "./testing/sample-evidence.ts";

const sources = new Map([
  ["v1", sampleVersion({ fit: { alpha: 1 } })],
  ["v2", sampleVersion({ fit: { alpha: 2 } })],
]);
const stepBefore = sampleUse("fit", { step: "solve", key: "i c f" });

function explain(
  key: string,
  changes: Partial<Evidence> = {},
  now: Record<string, string> = { ...sampleKeys, fit: "i C f" },
) {
  const run = sampleRun("now", now);
  const step = sampleUse("fit", { step: "solve", key });
  const evidence = sampleEvidence({ sources, stepBefore, run: { ...run, uses: [...run.uses, step] }, ...changes });
  const ofProcess = explainProcess({ ...evidence, earlierUses: [], deaths: [] }, "fit");
  return explainStep(evidence, "fit", "solve", ofProcess);
}

it("blames no parameter for a part that holds every byte, and tells why its process ran", () => {
  expect(explain("i C f")).toMatchObject({
    verdict: "changed",
    firstCause: { process: "fit", part: "config" },
    sentence:
      "solve ran again because the configuration or the scripts changed, every byte of which is in each step's key. fit ran again because alpha 1 → 2.",
  });
});

it("only its arguments differ", () => {
  expect(explain("I c f").sentence).toMatch(/^solve ran again because its arguments have other values\. /);
});

it("after a hit its entry has no path, so that the next lookup misses", () => {
  const earlierUses = [
    {
      runId: "old",
      runName: "run old",
      startedAt: "2026-11-20T00:00:00.000Z",
      endedAt: null,
      origin: "reused" as const,
    },
  ];
  expect(explain("i c f", { earlierUses })).toMatchObject({ verdict: "no-path", certainty: "inferred" });
  const made = [{ ...earlierUses[0]!, origin: "executed" as const }];
  expect(explain("i c f", { earlierUses: made }).verdict).toBe("same-key-lost");
});

it("without the key that it had before nothing is said of what changed", () => {
  expect(explain("i C f", { stepBefore: null })).toMatchObject({ verdict: "unknown" });
});
