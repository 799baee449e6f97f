import { expect, it } from "vitest";
import { explainProcess } from "./explain.ts";
import { explainRun } from "./explain-run.ts";
import { sampleEvidence, sampleRun } from "./testing/sample-evidence.ts";

it("a graph of two thousand copies is explained without holding the server up", () => {
  const copies = Array.from({ length: 2_000 }, (_, at) => `fit[seed=${at}]`);
  const edges = copies.flatMap((copy) => [
    { from: "load", to: copy },
    { from: copy, to: "join" },
  ]);
  const keys = (config: string, input: string) =>
    Object.fromEntries([["load", `i ${config} f`], ...[...copies, "join"].map((copy) => [copy, `${input} c f`])]);
  const baseline = sampleRun("before", keys("c", "i"));
  const evidence = sampleEvidence({
    run: sampleRun("now", keys("C", "I")),
    baseline,
    graph: { origin: "version", edges },
    charts: new Set(),
  });
  const begun = performance.now();
  const shown = ["load", ...copies.slice(0, 98), "join"];
  const told = explainRun(
    shown.map((process) => explainProcess(evidence, process)),
    { ran: 2_002, all: 2_002 },
  );
  expect(told.sentence).toMatch(/^load ran again because its own configuration changed; .* and 96 more followed\.$/);
  expect(told.complete).toBe(false);
  expect(performance.now() - begun).toBeLessThan(2_000);
});
