import { fileURLToPath } from "node:url";
import type { CheckStep, SourceCheck } from "../lib/domain/check.ts";
import type { CommandLine } from "../lib/settings/command-line.ts";
import { readEnvironment } from "../lib/settings/environment.ts";
import { checkSource } from "../lib/sources/check-source.ts";
import { chooseSources } from "../lib/sources/choose-sources.ts";
import { visible } from "./visible.ts";

const bundledWorkspace = fileURLToPath(new URL("../bundled/workspace", import.meta.url));
const marks = { pass: "✓", warn: "!", fail: "✕", skip: "–" } as const;

/** Looks at every source, all side by side, and tells of each. Answers the exit code: 1 when one failed. */
export async function examine(line: CommandLine): Promise<number> {
  const { configs } = await chooseSources(line, readEnvironment(process.env), {
    here: process.cwd(),
    bundledWorkspace,
  });
  const checks = await Promise.all(
    configs.map((config) => checkSource({ ...config, readOnly: line.readOnly || config.readOnly === true })),
  );
  const words = () =>
    checks
      .flatMap((check, at) => describeSource(configs[at]!.label, check))
      .map(visible)
      .join("\n");
  const text = line.json ? JSON.stringify({ items: checks }, null, 2) : words();
  await new Promise((resolve) => process.stdout.write(`${text}\n`, resolve));
  return checks.some(({ verdict }) => verdict === "fail") ? 1 : 0;
}

function describeSource(label: string, { verdict, steps, recipe = [] }: SourceCheck): string[] {
  const slots = Map.groupBy(steps, ({ slot }) => slot);
  const lines = [...slots].flatMap(([slot, looked]) => [`  ${slot}`, ...looked.flatMap(describe)]);
  const wanted = steps.some(({ stage, verdict: one }) => stage === "rights" && one !== "pass" && one !== "skip");
  const rights = wanted ? recipe.flatMap(({ title, text }) => [`  ${title}`, `      ${text}`]) : [];
  return [`${marks[verdict]} ${label}`, ...lines, ...rights];
}

function describe({ stage, verdict, message, remedy, tookMs }: CheckStep): string[] {
  const took = tookMs >= 10 ? ` (${tookMs} ms)` : "";
  const mend = verdict === "pass" || !remedy ? [] : remedy.split("\n").map((line) => `        ${line}`);
  return [`    ${marks[verdict]} ${stage.padEnd(7)} ${message}${took}`, ...mend];
}
