import { describe, expect, it } from "vitest";
import type { StepOrigin, StepUse } from "../../../lib/domain/run.ts";
import { toCsv } from "../frame/export.ts";
import { ganttTable, tellRow } from "./describe.ts";
import { prepareGantt } from "./prepare.ts";
import { drawGanttSvg } from "./svg-picture.ts";

function use(process: string, step: string | null, origin: StepOrigin, extra: Partial<StepUse> = {}): StepUse {
  return {
    process,
    step,
    origin,
    startedAt: null,
    endedAt: null,
    executionSeconds: null,
    producer: null,
    entryId: null,
    ...extra,
  };
}
const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 23, 33, second)).toISOString();
const now = Date.parse(at(30));
const run = (steps: StepUse[]) => ({ startedAt: at(10), endedAt: at(20), steps });

describe("prepareGantt", () => {
  it("draws what this run executed, steps under their process", () => {
    const { rows, span } = prepareGantt(
      run([
        use("train", "fit", "executed", { startedAt: at(13), endedAt: at(16) }),
        use("train", null, "executed", { startedAt: at(12), endedAt: at(16), executionSeconds: 4 }),
      ]),
      [],
      now,
    );
    expect(span).toBe(10);
    expect(rows.map(({ process, step, mark }) => [process, step, mark])).toEqual([
      ["train", null, { kind: "bar", from: 2, to: 6, open: false }],
      ["train", "fit", { kind: "bar", from: 3, to: 6, open: false }],
    ]);
  });

  it("makes a hit a tick, and never stretches over the producer's times", () => {
    const hit = use("prepare", null, "reused", {
      startedAt: "2026-11-01T00:00:00Z",
      endedAt: "2026-11-01T02:00:00Z",
      producer: { runId: "r1", startedAt: "2026-11-01T00:00:00Z", executionSeconds: 7200 },
    });
    const { rows, span } = prepareGantt(run([hit]), [], now);
    expect(rows[0]?.mark).toEqual({ kind: "tick", at: null });
    expect(rows[0]?.seconds).toBe(7200);
    expect(span).toBe(10);
  });

  it("puts a hit where it happened when that is recorded", () => {
    const { rows } = prepareGantt(run([use("prepare", null, "reused", { startedAt: at(11) })]), [], now);
    expect(rows[0]?.mark).toEqual({ kind: "tick", at: 1 });
  });

  it("leaves what runs open-ended up to now", () => {
    const { rows, span } = prepareGantt(
      { startedAt: at(10), endedAt: null, steps: [use("train", null, "running", { startedAt: at(12) })] },
      [],
      now,
    );
    expect(rows[0]?.mark).toEqual({ kind: "bar", from: 2, to: 20, open: true });
    expect(span).toBe(20);
  });

  it("lets what was cut off reach only as far as anything of the run is known", () => {
    const steps = [
      use("train", null, "running", { startedAt: at(12) }),
      use("eval", null, "executed", { startedAt: at(13), endedAt: at(15) }),
    ];
    const { rows, span } = prepareGantt({ startedAt: at(10), endedAt: null, steps }, [], null);
    expect(rows[0]).toMatchObject({ fate: "stalled", mark: { kind: "bar", from: 2, to: 5, open: true } });
    expect(span).toBe(5);
  });

  it("uses the recorded seconds where no end is recorded", () => {
    const { rows } = prepareGantt(run([use("a", null, "failed", { startedAt: at(12), executionSeconds: 3 })]), [], now);
    expect(rows[0]?.mark).toMatchObject({ from: 2, to: 5 });
  });

  it("keeps what never ran as a row without a span", () => {
    const { rows } = prepareGantt(run([use("chart", null, "never-ran", { startedAt: at(12) })]), [], now);
    expect(rows[0]?.mark).toEqual({ kind: "none" });
  });

  it("follows the graph's order, then time: reused, ran, never ran", () => {
    const steps = [
      use("never", null, "never-ran"),
      use("second", null, "executed", { startedAt: at(15), endedAt: at(16) }),
      use("first", null, "executed", { startedAt: at(12), endedAt: at(13) }),
      use("reused", null, "reused"),
    ];
    const names = (order: string[]) => prepareGantt(run(steps), order, now).rows.map(({ process }) => process);
    expect(names([])).toEqual(["reused", "first", "second", "never"]);
    expect(names(["second", "never"])).toEqual(["second", "never", "reused", "first"]);
  });

  it("takes a run of which nothing has a time", () => {
    const { rows, start, span } = prepareGantt(
      { startedAt: null, endedAt: null, steps: [use("a", null, "reused")] },
      [],
      now,
    );
    expect([rows.length, start, span]).toEqual([1, null, 0]);
  });
});

describe("the timeline in other forms", () => {
  const picture = prepareGantt(
    run([
      use("<prepare>", null, "reused", {
        startedAt: at(1),
        producer: { runId: "r1", startedAt: at(1), executionSeconds: 3.26 },
      }),
      use("train", null, "executed", { startedAt: at(12), endedAt: at(16), executionSeconds: 4 }),
      use("chart", null, "never-ran"),
    ]),
    [],
    null,
  );

  it("is a table that never gives the producer's times as this run's", () => {
    expect(
      toCsv(
        ganttTable(picture, () => "first run"),
        { safe: false },
      )
        .trimEnd()
        .split("\r\n"),
    ).toEqual([
      "Process,Step,State,Started (UTC),Ended (UTC),Seconds,From run",
      "<prepare>,,reused,,,3.26,first run",
      `train,,executed,${at(12)},${at(16)},4,`,
      "chart,,never ran,,,,",
    ]);
  });

  it("says a row in words", () => {
    const [reused, , never] = picture.rows.map((row) => tellRow(row, () => "first run"));
    expect(reused).toBe("<prepare>: reused from first run; making it took 3.26 s");
    expect(never).toBe("chart: never ran");
  });

  it("is a picture in which foreign names are only text", () => {
    expect(drawGanttSvg(picture)).toContain("&lt;prepare&gt;");
  });
});
