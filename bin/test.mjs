import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure, say } from "./bootstrap/failure.mjs";
import { ensureInstalled } from "./bootstrap/install.mjs";
import { ensureNeeds } from "./bootstrap/needs.mjs";
import { npmCommand, run } from "./bootstrap/run.mjs";
import { stages } from "./bootstrap/stages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const reports = mkdtempSync(join(tmpdir(), "trialdeck-test-"));
const total = { passed: 0, failed: 0 };
process.on("exit", () => rmSync(reports, { recursive: true, force: true }));

/** Runs one npm script to its end or its time limit and answers how much of it passed. */
async function runStage({ script, args = () => [], limit, count }) {
  const report = join(reports, `${script.replace(":", "-")}.json`);
  const { program, first, env } = npmCommand(root);
  const code = await run(program, [...first, "run", "-s", script, "--", ...args(report)], {
    cwd: root,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    limit,
  });
  return count(code, report);
}

async function runStages() {
  const failedStages = new Set();
  for (const stage of stages) {
    const begun = Date.now();
    say(`\n── ${stage.script} ──`);
    const skipped = failedStages.has(stage.needs);
    const { passed, failed } = skipped ? { passed: 0, failed: 1 } : await runStage(stage);
    if (failed > 0) failedStages.add(stage.script);
    total.passed += passed;
    total.failed += failed;
    const seconds = Math.round((Date.now() - begun) / 1000);
    say(
      `── ${stage.script}: ${skipped ? `not run, since ${stage.needs} failed` : `${passed} passed, ${failed} failed`} (${seconds} s)`,
    );
  }
  if (failedStages.size > 0) say(`\nFailed: ${[...failedStages].join(", ")}`);
}

try {
  await ensureInstalled(root);
  await ensureNeeds();
  await runStages();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  say(`${error.message}\n${error.remedy}`);
  total.failed += 1;
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
