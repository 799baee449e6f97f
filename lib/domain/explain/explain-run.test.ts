import { expect, it } from "vitest";
import { explainProcess } from "./explain.ts";
import { explainRun } from "./explain-run.ts";
import { sampleEvidence, sampleKeys, sampleVersion } from "./testing/sample-evidence.ts";

const sources = new Map([
  ["v1", sampleVersion({ fit: { alpha: 1 }, load: { rows: 5 } }, { plot: "a" })],
  ["v2", sampleVersion({ fit: { alpha: 2 }, load: { rows: 6 } }, { plot: "b" })],
]);

function tell(processes: string[], changes: Parameters<typeof sampleEvidence>[0], all = 4): string {
  const evidence = sampleEvidence({ sources, ...changes });
  return explainRun(
    processes.map((process) => explainProcess(evidence, process)),
    { ran: processes.length, all },
  ).sentence;
}

it("names the cause once, and who followed it", () => {
  const now = { ...sampleKeys, fit: "i C f", score: "I c f", plot: "I c f" };
  expect(tell(["fit", "score", "plot"], { now })).toBe("fit ran again because alpha 1 → 2; score and plot followed.");
});

it("tells two causes apart", () => {
  const now = { ...sampleKeys, fit: "i C f", score: "I c f", plot: "i c F" };
  expect(tell(["fit", "score", "plot"], { now })).toBe(
    "fit ran again because alpha 1 → 2; score followed. plot ran again because the script that draws it changed.",
  );
});

it("says what is true of all once", () => {
  const all = Object.keys(sampleKeys);
  expect(tell(all, { before: null })).toBe("All 4 processes ran for the first time.");
  expect(tell(all, { before: null }, 9)).toBe(
    "load, fit, score and plot ran for the first time: no earlier run reached them.",
  );
  const now = { load: "I c f", fit: "I c f", score: "I c f", plot: "I c f" };
  expect(tell(all, { now })).toBe("All 4 processes ran again because the data file changed.");
});

it("speaks of those whose cause was reused meanwhile", () => {
  const now = { ...sampleKeys, fit: "i C f", score: "I c f", plot: "I c f" };
  expect(tell(["score", "plot"], { now })).toBe(
    "score and plot ran again because fit before them changed: alpha 1 → 2.",
  );
});

it("is empty where everything was reused", () => {
  expect(explainRun([], { ran: 0, all: 4 })).toEqual({ sentence: "", sentenceParts: [], items: [], complete: true });
});
