import { describe, expect, it } from "vitest";
import { failingLines, type LogLine, levelOf, linesFrom, readLineNumber } from "./log-lines.ts";

const line = (level: string | null, text: string): LogLine => ({ at: null, level, text });
const lines = [
  line(null, "=== Preparing"),
  line("info", "start"),
  line("WARN", "careful"),
  line("error", "train_sgd failed\nTraceback (most recent call last):\n  boom"),
  line(null, "goes on"),
  line("info", "Traceback (most recent call last): in a library"),
  line("error", "evaluate failed"),
];

describe("log lines", () => {
  it("knows the levels by their usual spellings", () => {
    expect(lines.map(levelOf)).toEqual([null, "info", "warning", "error", null, "info", "error"]);
  });

  it("keeps what is serious enough, with the lines that go on with it", () => {
    expect(linesFrom(lines, "warning")).toEqual([2, 3, 4, 6]);
    expect(linesFrom(lines, null)).toHaveLength(7);
  });

  it("finds failures, of a process only those that name it", () => {
    expect(failingLines(lines, null)).toEqual([3, 5, 6]);
    expect(failingLines(lines, "evaluate")).toEqual([6]);
    expect(failingLines(lines, "unheard_of")).toEqual([]);
    expect(failingLines(lines, "train")).toEqual([]);
    expect(failingLines([line("info", "fine")], null)).toEqual([]);
  });

  it("tells the copies of a process apart, however the log spells them", () => {
    const failures = [
      line("error", "Process //*[@seed='4']/process[@name='fit'] failed: boom"),
      line("error", "Process //*[@seed='41']/process[@name='fit'] failed: boom"),
      line("error", "Process 'fit[seed=41]' failed (propagating to downstream): boom"),
    ];
    expect(failingLines(failures, "fit[seed=41]")).toEqual([1, 2]);
    expect(failingLines(failures, "fit")).toEqual([0, 1, 2]);
  });

  it("reads the line that an address names, and nothing else", () => {
    expect(["1", "42"].map(readLineNumber)).toEqual([0, 41]);
    expect([null, "", "0", "-3", "1.5", "x", "1e99"].map(readLineNumber)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
