import { readFileSync } from "node:fs";

const minutes = 60_000;

/** A stage that is one thing: it holds or it does not. */
const asOne = (code) => ({ passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 });

/**
 * What `npm test` runs, in order. `script` is the npm script; `count` reads its exit code and report as passed and
 * failed; `needs` names a stage without which it makes no sense.
 */
export const stages = [
  { script: "lint", limit: 2 * minutes, count: asOne },
  { script: "types", limit: 3 * minutes, count: asOne },
  { script: "knip", limit: 2 * minutes, count: asOne },
  { script: "test:unit", limit: 6 * minutes, args: vitestArgs, count: countVitest },
  // The object store's emulator may have to be built first.
  { script: "test:contract", limit: 14 * minutes, args: vitestArgs, count: countVitest },
  { script: "build", limit: 5 * minutes, count: asOne },
  {
    script: "soak",
    limit: 10 * minutes,
    args: (report) => ["share", "--report", report],
    count: countSoak,
    needs: "build",
  },
  {
    script: "test:e2e",
    limit: 30 * minutes,
    args: () => ["--reporter=list,json"],
    count: countPlaywright,
    needs: "build",
  },
];

function vitestArgs(report) {
  return ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
}

/** Tests by vitest's JSON report; a file that could not be loaded holds no test and counts as one failure. */
export function countVitest(code, report) {
  const { numPassedTests = 0, testResults = [], numFailedTests = 0 } = readReport(report);
  const unloaded = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  return withExitCode(code, numPassedTests, numFailedTests + unloaded);
}

/** Tests by Playwright's JSON report; one that passes when tried again has passed: the list of the run names it as flaky. */
export function countPlaywright(code, report) {
  const { expected = 0, unexpected = 0, flaky = 0 } = readReport(report).stats ?? {};
  return withExitCode(code, expected + flaky, unexpected);
}

/** Engines of a part of the soak by its report. */
export function countSoak(code, report) {
  const { passed = 0, failed = 0 } = readReport(report);
  return withExitCode(code, passed, failed);
}

/** A stage that ran no test, or that ended badly though no test failed, has failed itself. */
function withExitCode(code, passed, failed) {
  const silent = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: silent ? 1 : failed };
}

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return {};
  }
}
