import { fileURLToPath } from "node:url";
import { type CheckStep, examineSources, type SourceCheck } from "../lib/engine/examine-sources.ts";
import type { CommandLine } from "../lib/settings/command-line.ts";
import { readEnvironment } from "../lib/settings/environment.ts";
import { visible } from "./visible.ts";

const bundledWorkspace = fileURLToPath(new URL("../bundled/workspace", import.meta.url));
const marks = { pass: "✓", warn: "!", fail: "✕", skip: "–" } as const;

/** Looks at every source and tells of each. Answers the exit code: 1 when one failed. */
export async function examine(line: CommandLine): Promise<number> {
  const places = { here: process.cwd(), bundledWorkspace };
  const { sources, warnings } = await examineSources(line, readEnvironment(process.env), places);
  const words = () => [
    ...warnings.map((warning) => `${marks.warn} ${warning}`),
    ...sources.flatMap(({ label, check }) => describeSource(label, check)),
  ];
  const told = { items: sources.map(({ check }) => check), ...(warnings.length > 0 && { warnings }) };
  const text = line.json ? JSON.stringify(told, null, 2) : words().map(visible).join("\n");
  await new Promise((resolve) => process.stdout.write(`${text}\n`, resolve));
  return sources.some(({ check }) => check.verdict === "fail") ? 1 : 0;
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
