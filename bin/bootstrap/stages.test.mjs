import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { countPlaywright, countSoak, countVitest } from "./stages.mjs";

const folder = mkdtempSync(join(tmpdir(), "trialdeck-stages-"));
afterAll(() => rmSync(folder, { recursive: true }));

function report(content) {
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe("vitest", () => {
  const file = (status, tests) => ({ status, assertionResults: tests });

  test("counts tests", () => {
    const path = report({ numPassedTests: 7, numFailedTests: 2, testResults: [file("failed", [{}, {}])] });
    expect(countVitest(1, path)).toEqual({ passed: 7, failed: 2 });
  });

  test("a file that could not be loaded is a failure", () => {
    const path = report({
      numPassedTests: 7,
      numFailedTests: 0,
      testResults: [file("failed", []), file("passed", [{}])],
    });
    expect(countVitest(1, path)).toEqual({ passed: 7, failed: 1 });
  });

  test("no test at all is a failure", () => {
    expect(countVitest(0, report({ numPassedTests: 0, numFailedTests: 0, testResults: [] }))).toEqual({
      passed: 0,
      failed: 1,
    });
  });

  test("an end without a report, or a bad end without a failed test, is a failure", () => {
    expect(countVitest(137, join(folder, "absent.json"))).toEqual({ passed: 0, failed: 1 });
    expect(countVitest(1, report({ numPassedTests: 3, numFailedTests: 0 }))).toEqual({ passed: 3, failed: 1 });
  });
});

describe("playwright", () => {
  test("counts tests; one that passed at the second try has passed", () => {
    const stats = { expected: 12, unexpected: 1, flaky: 2, skipped: 4 };
    expect(countPlaywright(1, report({ stats }))).toEqual({ passed: 14, failed: 1 });
  });

  test("nothing but skipped tests is a failure", () => {
    expect(countPlaywright(0, report({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 4 } }))).toEqual({
      passed: 0,
      failed: 1,
    });
  });
});

describe("the soak", () => {
  test("counts what held on each engine", () => {
    expect(countSoak(1, report({ passed: 7, failed: 1 }))).toEqual({ passed: 7, failed: 1 });
  });

  test("an end without a report is a failure", () => {
    expect(countSoak(1, join(folder, "absent.json"))).toEqual({ passed: 0, failed: 1 });
  });
});
