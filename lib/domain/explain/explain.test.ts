import { describe, expect, it } from "vitest";
import { explainProcess } from "./explain.ts";
import { sampleEvidence, sampleKeys, sampleRun, sampleUse, sampleVersion } from "./testing/sample-evidence.ts";

const config = { process: "fit", step: null, part: "config" };

describe("a change of one process", () => {
  it("names the values where both versions are known, and who followed", () => {
    const now = { ...sampleKeys, fit: "i C f", score: "I c f", plot: "I c f" };
    const sources = new Map([
      ["v1", sampleVersion({ fit: { alpha: 0.0005, rounds: 9 } })],
      ["v2", sampleVersion({ fit: { alpha: 0.002, rounds: 9 } })],
    ]);
    expect(explainProcess(sampleEvidence({ now, sources }), "fit")).toMatchObject({
      verdict: "changed",
      certainty: "recorded",
      firstCause: config,
      values: [{ path: "fit.alpha", before: 0.0005, after: 0.002 }],
      followers: ["score", "plot"],
      comparedWith: { runId: "before", entryId: "fit i c f" },
      sentence: "fit ran again because alpha 0.0005 → 0.002; score and plot followed.",
    });
    expect(explainProcess(sampleEvidence({ now, sources }), "score")).toMatchObject({
      firstCause: config,
      sentence: "score ran again because fit before it changed: alpha 0.0005 → 0.002.",
      parts: [
        { name: "input", before: "i", after: "I", same: false },
        { name: "config", before: "c", after: "c", same: true },
        { name: "function", before: "f", after: "f", same: true },
      ],
    });
  });

  it("guesses no value where a version is not known", () => {
    const now = { ...sampleKeys, fit: "i C f" };
    const sources = new Map([["v2", sampleVersion({ fit: { alpha: 0.002 } })]]);
    const told = explainProcess(sampleEvidence({ now, sources }), "fit");
    expect(told.values).toEqual([]);
    expect(told.sentence).toBe("fit ran again because its own configuration changed.");
  });

  it("shows what changed in the code, not what only a comment changed", () => {
    const now = { ...sampleKeys, fit: "i c F" };
    const sources = new Map([
      ["v1", sampleVersion({}, { fit: "def fit():\n  return 1" })],
      ["v2", sampleVersion({}, { fit: "def fit():\n  return 2" })],
    ]);
    expect(explainProcess(sampleEvidence({ now, sources }), "fit")).toMatchObject({
      firstCause: { process: "fit", part: "function" },
      codeDiff: [
        {
          name: "fit",
          lines: [
            { sign: " ", text: "def fit():" },
            { sign: "-", text: "  return 1" },
            { sign: "+", text: "  return 2" },
          ],
        },
      ],
      sentence: "fit ran again because its code changed.",
    });
  });

  it("says both where settings and code changed", () => {
    const now = { ...sampleKeys, fit: "i C F" };
    const sources = new Map([
      ["v1", sampleVersion({ fit: { alpha: 1 } }, { fit: "a" })],
      ["v2", sampleVersion({ fit: { alpha: 2 } }, { fit: "b" })],
    ]);
    const told = explainProcess(sampleEvidence({ now, sources }), "fit");
    expect(told.sentence).toBe("fit ran again because alpha 1 → 2 and its code changed.");
    expect(told.codeDiff).toHaveLength(1);
  });

  it("the same code, hashed differently, is no change of the code", () => {
    const now = { ...sampleKeys, fit: "i c F" };
    const same = sampleVersion({}, { fit: "def fit(): pass" });
    const commented = sampleVersion({}, { fit: "def fit(): pass # new" });
    const told = explainProcess(
      sampleEvidence({
        now,
        sources: new Map([
          ["v1", same],
          ["v2", commented],
        ]),
      }),
      "fit",
    );
    expect(told.sentence).toContain("the same code was hashed differently");
    expect(told.codeDiff).toBeUndefined();
  });

  it("of two that changed, the first from the roots is the cause, and the other is not hidden", () => {
    const now = { load: "i C f", fit: "I C f", score: "I c f", plot: "i c f" };
    expect(explainProcess(sampleEvidence({ now }), "score")).toMatchObject({
      firstCause: { process: "load", part: "config" },
      alsoChanged: [config],
    });
    expect(explainProcess(sampleEvidence({ now }), "fit").sentence).toBe(
      "fit ran again because load before it changed: its configuration; the configuration of fit itself changed too.",
    );
  });
});

describe("what all processes share", () => {
  const now = { load: "i C f", fit: "I C f", score: "I C f", plot: "I c f" };

  it("is the cause when every configuration changed at once; the unchanged one of a chart is no objection", () => {
    const sources = new Map([
      ["v1", sampleVersion({}, {}, 7)],
      ["v2", sampleVersion({}, {}, 11)],
    ]);
    for (const process of Object.keys(sampleKeys)) {
      expect(explainProcess(sampleEvidence({ now, sources }), process)).toMatchObject({
        certainty: "recorded",
        firstCause: { process: null, part: "global-config" },
        values: [{ path: "seed", before: 7, after: 11 }],
        sentence: `${process} ran again because a setting that all processes share changed: seed 7 → 11.`,
      });
    }
  });

  it("is only inferred from the keys alone", () => {
    expect(explainProcess(sampleEvidence({ now }), "fit")).toMatchObject({
      certainty: "inferred",
      firstCause: { part: "global-config" },
      values: [],
    });
  });

  it("is not blamed when each of them has a change of its own", () => {
    const own = (value: number) => ({ load: { a: value }, fit: { a: value }, score: { a: value } });
    const sources = new Map([
      ["v1", sampleVersion(own(1))],
      ["v2", sampleVersion(own(2))],
    ]);
    expect(explainProcess(sampleEvidence({ now, sources }), "score").firstCause).toEqual({
      process: "load",
      step: null,
      part: "config",
    });
  });

  it("cannot be told from its own settings where there is one process", () => {
    const told = explainProcess(
      sampleEvidence({ now: { load: "i C f" }, before: { load: "i c f" }, graph: { origin: "version", edges: [] } }),
      "load",
    );
    expect(told.sentence).toBe(
      "load ran again because its parameters, or a setting that all processes share, changed.",
    );
  });
});

describe("the data file", () => {
  const now = { load: "I c f", fit: "I c f", score: "I c f", plot: "I c f" };

  it("is the cause when what has nothing before it has another input", () => {
    for (const process of Object.keys(sampleKeys)) {
      expect(explainProcess(sampleEvidence({ now }), process)).toMatchObject({
        certainty: "inferred",
        firstCause: { process: null, part: "data-file" },
        sentence: `${process} ran again because the data file changed.`,
      });
    }
  });

  it("is not blamed where sections of the config came or went, which stand in the same part", () => {
    const sources = new Map([
      ["v1", sampleVersion({})],
      ["v2", { ...sampleVersion({}), sections: ["experiment", "data"] }],
    ]);
    expect(explainProcess(sampleEvidence({ now, sources }), "load")).toMatchObject({
      firstCause: null,
      certainty: "inferred",
    });
  });

  it("without a graph it must be all inputs and nothing else", () => {
    const graph = { origin: "none" as const, edges: [] };
    expect(explainProcess(sampleEvidence({ now, graph }), "score").firstCause?.part).toBe("data-file");
    const alsoCode = { ...now, fit: "I c F" };
    expect(explainProcess(sampleEvidence({ now: alsoCode, graph }), "score").firstCause).toMatchObject({
      process: "fit",
    });
    const two = { ...now, fit: "I c F", load: "I C f" };
    expect(explainProcess(sampleEvidence({ now: two, graph }), "score").firstCause).toBeNull();
  });
});

describe("what is not recorded", () => {
  it("a process above that left no key keeps the one below from being called the first cause", () => {
    const now = { load: "", fit: "I C f", score: "I c f", plot: "i c f" };
    expect(explainProcess(sampleEvidence({ now }), "score")).toMatchObject({
      firstCause: null,
      alsoChanged: [config],
      notes: ["No key of load is recorded in both runs."],
      sentence: "score ran again because something before it changed; which is not recorded.",
    });
  });

  it("an own change is named all the same", () => {
    const now = { load: "", fit: "I C f", score: "i c f", plot: "i c f" };
    expect(explainProcess(sampleEvidence({ now }), "fit").sentence).toBe(
      "fit ran again because its configuration changed, and so did something before it.",
    );
  });

  it("its own key not recorded is unknown", () => {
    const graph = { origin: "none" as const, edges: [] };
    expect(explainProcess(sampleEvidence({ now: { ...sampleKeys, fit: "" }, graph }), "fit")).toMatchObject({
      verdict: "unknown",
      firstCause: null,
    });
  });

  it("a key that is not recorded follows from the versions where nothing else could differ", () => {
    const sources = new Map([
      ["v1", sampleVersion({ fit: { alpha: 1 } })],
      ["v2", sampleVersion({ fit: { alpha: 2 } })],
    ]);
    const evidence = sampleEvidence({ now: { ...sampleKeys, fit: "" }, sources });
    expect(explainProcess(evidence, "fit")).toMatchObject({
      verdict: "changed",
      certainty: "inferred",
      firstCause: config,
      values: [{ path: "fit.alpha", before: 1, after: 2 }],
    });
  });

  it("arrows of the present config make the answer inferred", () => {
    const now = { ...sampleKeys, fit: "i C f", score: "I c f" };
    const graph = { origin: "present-config" as const, edges: sampleEvidence({}).graph.edges };
    expect(explainProcess(sampleEvidence({ now, graph }), "score")).toMatchObject({ certainty: "inferred" });
  });
});

describe("an earlier run with the very key", () => {
  const earlierUses = [
    {
      runId: "old",
      runName: "run old",
      startedAt: "2026-11-20T00:00:00.000Z",
      endedAt: null,
      origin: "executed" as const,
    },
  ];
  const at = (iso: string) => Date.parse(iso);
  const explain = (changes: Parameters<typeof sampleEvidence>[0]) =>
    explainProcess(sampleEvidence({ earlierUses, ...changes }), "fit");

  it("what became of its entry is not guessed when nobody saw it", () => {
    expect(explain({})).toMatchObject({
      verdict: "same-key-lost",
      candidates: ["removed", "payload-gone"],
      sentence:
        "fit ran again although nothing in its key changed since run old: its stored result was not served. Whether it was removed or lost its file was not seen.",
    });
    expect(explain({ entriesExpire: true }).candidates).toEqual(["removed", "expired", "payload-gone"]);
  });

  it("is told as observed when it was seen to go", () => {
    const seenAt = at("2026-11-20T12:00:00Z");
    const gone = (expiresAt: number | null) => explain({ deaths: [{ kind: "gone", seenAt, expiresAt }] });
    expect(gone(null)).toMatchObject({ verdict: "removed", certainty: "observed" });
    expect(gone(at("2026-11-20T11:00:00Z"))).toMatchObject({
      verdict: "expired",
      certainty: "observed",
      sentence:
        "fit ran again although nothing in its key changed since run old: its entry had expired (seen on 2026-11-20 12:00 UTC).",
    });
    expect(explain({ deaths: [{ kind: "payload-gone", seenAt, expiresAt: null }] })).toMatchObject({
      verdict: "payload-gone",
      certainty: "observed",
    });
  });

  it("an end of life that was still to come is no expiry", () => {
    const deaths = [
      { kind: "gone" as const, seenAt: at("2026-11-20T12:00:00Z"), expiresAt: at("2026-11-21T09:00:00Z") },
    ];
    expect(explain({ deaths }).verdict).toBe("removed");
  });

  it("a death before its last use, or after this run was done, is another story", () => {
    for (const seenAt of [at("2026-11-19T00:00:00Z"), at("2026-11-22T00:00:00Z")])
      expect(explain({ deaths: [{ kind: "gone", seenAt, expiresAt: null }] }).verdict).toBe("same-key-lost");
  });

  it("is the verdict also where the run before had another key, with which the parts compare", () => {
    expect(explain({ before: { ...sampleKeys, fit: "i C f" } })).toMatchObject({
      verdict: "same-key-lost",
      parts: [{ same: true }, { name: "config", before: "C", after: "c", same: false }, { same: true }],
    });
  });
});

describe("a run before that failed there", () => {
  const failedBefore = (key: string) => ({
    ...sampleRun("before", { ...sampleKeys, fit: key }, { fit: "failed" as const }),
  });

  it("under the same key left nothing to reuse", () => {
    const told = explainProcess(sampleEvidence({ baseline: failedBefore("i c f"), lastResult: null }), "fit");
    expect(told).toMatchObject({ verdict: "previous-failed", certainty: "recorded" });
  });

  it("under another key is a change, with what changed since the last result", () => {
    const now = { ...sampleKeys, fit: "i X f" };
    const lastResult = sampleRun("old", sampleKeys, {}, "v0");
    const sources = new Map([
      ["v0", sampleVersion({ fit: { alpha: 1 } })],
      ["v2", sampleVersion({ fit: { alpha: 3 } })],
    ]);
    const told = explainProcess(sampleEvidence({ now, baseline: failedBefore("i C f"), lastResult, sources }), "fit");
    expect(told.sentence).toBe(
      "fit ran again because its own configuration changed (since the last result there: alpha 1 → 3).",
    );
    expect(told.comparedWith?.runId).toBe("before");
  });

  it("without a key is passed over for the last run that had a result", () => {
    const now = { ...sampleKeys, fit: "i X f" };
    const lastResult = sampleRun("old", sampleKeys);
    const told = explainProcess(sampleEvidence({ now, baseline: failedBefore(""), lastResult }), "fit");
    expect(told).toMatchObject({ verdict: "changed", comparedWith: { runId: "old" }, firstCause: config });
    expect(told.notes[0]).toContain("left no key there");
  });

  it("and no run before it had a result: nothing is said of keys that nobody knows", () => {
    const told = explainProcess(
      sampleEvidence({ baseline: failedBefore(""), lastResult: null, graph: { origin: "none", edges: [] } }),
      "fit",
    );
    expect(told).toMatchObject({ verdict: "previous-failed", certainty: "recorded" });
    expect(told.sentence).toBe("fit ran again because no run before it got a result there: the last one failed there.");
  });
});

it("a run that was still at work there lost nothing", () => {
  const before = sampleRun("before", {});
  const late = sampleUse("fit", { endedAt: "2026-11-21T02:00:07.000Z" });
  const baseline = { ...before, uses: [late] };
  expect(explainProcess(sampleEvidence({ baseline, lastResult: baseline }), "fit")).toMatchObject({
    verdict: "unknown",
    sentence: "fit ran again because the run before it, under the same key, had not finished it yet.",
  });
});

it("the first run that reaches a process is the first, but only once all is read", () => {
  expect(explainProcess(sampleEvidence({ before: null }), "fit")).toMatchObject({ verdict: "first" });
  expect(explainProcess(sampleEvidence({ before: null, complete: false }), "fit").verdict).toBe("unknown");
});

it("a name too long for a file is told instead of a change that no run could avoid", () => {
  expect(
    explainProcess(sampleEvidence({ now: { ...sampleKeys, fit: "i C f" }, nameTooLong: true }), "fit"),
  ).toMatchObject({ verdict: "no-path", certainty: "recorded" });
});

it("a reused result tells whose it is, when it was made and what that took", () => {
  const producer = { runId: "old", startedAt: "2026-11-20T01:02:03.000Z", executionSeconds: 3.257 };
  const reused = sampleUse("fit", { origin: "reused", producer });
  const run = { ...sampleRun("now", {}), uses: [reused] };
  expect(explainProcess(sampleEvidence({ run, runNames: { old: "run old" } }), "fit")).toMatchObject({
    verdict: "hit",
    hit: { entryId: "fit i c f", producerRunId: "old", producerRunName: "run old", executionSeconds: 3.257 },
    sentence: "fit was reused: it is the result that run old made on 2026-11-20 01:02 UTC in 3.26 s.",
  });
});

it("a reuse that is stale or of mixed descent says so", () => {
  const run = { ...sampleRun("now", {}), uses: [sampleUse("fit", { origin: "reused" })] };
  const sentence = "fit was reused although helper changed since its result was made.";
  const warnings = [
    { code: "stale-hit" as const, sentence },
    { code: "stale-hit" as const, sentence: "fitter was reused although" },
  ];
  expect(explainProcess(sampleEvidence({ run, warnings }), "fit").notes).toEqual([sentence]);
});

it("what an older tool wrote is explained by the rules of newer ones, and says that", () => {
  const run = sampleRun("now", { ...sampleKeys, fit: "i C f" }, {}, "");
  const old = { ...run, version: null, uses: run.uses.map((use) => ({ ...use, version: null })) };
  const told = explainProcess(sampleEvidence({ run: old }), "fit");
  expect(told).toMatchObject({ verdict: "changed", certainty: "inferred" });
  expect(told.notes).toHaveLength(1);
});

it("a chart's script counts as a whole", () => {
  const told = explainProcess(sampleEvidence({ now: { ...sampleKeys, plot: "i c F" } }), "plot");
  expect(told.sentence).toBe("plot ran again because the script that draws it changed.");
});
