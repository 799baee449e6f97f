import { describe, expect, test } from "vitest";
import { decodeCharts, decodeMetrics, decodeStatus, decodeStep, decodeTimes, readPoints } from "./decode.ts";

test("a record with missing, foreign and wrongly typed fields is read, not refused", () => {
  const { value, problem } = decodeStep(
    '{"status": 7, "started_at": "soon", "ended_at": NaN, "execution_time": 1, "new_field": []}',
  );
  expect(problem).toBeNull();
  expect(value).toMatchObject({ status: null, startedAt: null, endedAt: null, executionSeconds: 1, resultPath: null });
});

test("times are milliseconds", () => {
  expect(decodeStep('{"started_at": 1795217585.879, "cached_started_at": 1}').value).toMatchObject({
    startedAt: 1795217585879,
    producerStartedAt: 1000,
  });
  expect(decodeTimes('{"start": null, "end": 1795217600.5}').value).toEqual({ start: null, end: 1795217600500 });
});

test.each(["", "{", "[]", "null", '{"status": "comp', "\u0000", "NaN", '"text"'])(
  "%j is damaged and says so",
  (json) => {
    for (const decode of [decodeStep, decodeTimes, decodeCharts, decodeMetrics])
      expect(decode(json).problem).not.toBeNull();
  },
);

test("a record cut at its end keeps what is complete", () => {
  const { value, problem } = decodeStep('{"status": "completed", "run_id": "r", "cache_pa');
  expect(value).toMatchObject({ status: "completed", runName: "r", resultPath: null });
  expect(problem).toContain("position");
});

test("a status is quoted in SQLite and bare in Redis", () => {
  expect(decodeStatus('"completed"')).toBe("completed");
  expect(decodeStatus("completed")).toBe("completed");
});

test("charts keep their recorded size and time; one without a path is left out", () => {
  const json =
    '{"items": [{"object_path": "/a/b.png", "size_bytes": 12, "created_at": 2, "mime_type": null}, {"title": "x"}, 3]}';
  expect(decodeCharts(json).value).toEqual([
    { title: "b.png", path: "/a/b.png", mediaType: null, bytes: 12, createdAt: 2000 },
  ]);
});

describe("points", () => {
  test("are sorted by number, not by text or writing order", () => {
    const points = readPoints({ "-2": 4, "10": 1, "9": 2, "0": 3 });
    expect([...(points?.steps ?? [])]).toEqual([-2, 0, 9, 10]);
    expect([...(points?.values ?? [])]).toEqual([4, 3, 2, 1]);
  });

  test("keep NaN and infinities", () => {
    const { value } = decodeMetrics('{"loss": {"1": NaN, "2": -Infinity, "3": 18446744073709551616}}');
    expect(value.get("loss")).toEqual({
      points: { steps: Float64Array.of(1, 2, 3), values: Float64Array.of(Number.NaN, -Infinity, 2 ** 64) },
    });
  });

  test.each([
    ["text"],
    [3],
    [null],
    [{}],
    [{ a: 1 }],
    [{ "": 1 }],
    [{ "-": 1 }],
    [{ "1.5": 1 }],
    [{ "1": "x" }],
    [[1, 2]],
    [{ "1": 1, b: 2 }],
  ])("%j is a snapshot, no series", (value) => {
    expect(readPoints(value)).toBeNull();
  });
});
