import { fileURLToPath } from "node:url";
import { AppError } from "../lib/domain/errors.ts";
import { type EngineAside, openAside } from "../lib/engine/open-aside.ts";
import type { CommandLine, WhyAsked } from "../lib/settings/command-line.ts";
import { readEnvironment } from "../lib/settings/environment.ts";
import { visible } from "./visible.ts";

type Asks = EngineAside["engine"];
type Explanation = Awaited<ReturnType<Asks["explain"]>>;
type RunExplanation = Awaited<ReturnType<Asks["explainRun"]>>;
type Run = Awaited<ReturnType<Asks["runs"]>>["items"][number];

const bundledWorkspace = fileURLToPath(new URL("../bundled/workspace", import.meta.url));
const answered = 0;
const notKnown = 2;

/** Says why a run, a process or a step was computed. Answers the exit code. */
export async function explainInWords(line: CommandLine, asked: WhyAsked, version: string): Promise<number> {
  const environment = readEnvironment(process.env);
  const aside = await openAside({ line, environment, version, here: process.cwd(), bundledWorkspace });
  try {
    const run = await findRun(aside, asked.run);
    if (asked.process === null) {
      const told = await aside.engine.explainRun(aside.viewer, run.source, run.id);
      print(asked.json ? toJson(run, told) : describeRun(run, told));
      return told.items.some(({ verdict }) => verdict === "unknown") ? notKnown : answered;
    }
    const { process, step } = asked;
    const query = { run: run.id, process, step: step ?? undefined };
    const told = await aside.engine.explain(aside.viewer, run.source, query);
    print(asked.json ? toJson(run, told) : describe(run, told));
    return told.verdict === "unknown" ? notKnown : answered;
  } finally {
    await aside.close();
  }
}

async function findRun({ engine, viewer }: EngineAside, wanted: string | null): Promise<Run> {
  const ending: Run[] = [];
  let cursor: string | null = null;
  do {
    const asked = { limit: wanted === null ? 1 : 1000, sort: "-started", columns: [], ...(cursor && { cursor }) };
    const page: Awaited<ReturnType<typeof engine.runs>> = await engine.runs(viewer, asked);
    const exact = page.items.find(({ name, id }) => wanted === null || name === wanted || id === wanted);
    if (exact) return exact;
    ending.push(...page.items.filter(({ name }) => name.endsWith(wanted ?? "")));
    cursor = page.nextCursor;
  } while (cursor !== null);
  const [only, ...others] = ending;
  if (only && others.length === 0) return only;
  if (!only) throw new AppError("not_found", "There is no such run in this target.");
  throw new AppError("bad_request", `${ending.length} runs end in "${wanted}".`, { remedy: "Say more of its name." });
}

function describeRun(run: Run, told: RunExplanation): string[] {
  const sentence = told.sentence || "It reused everything, so nothing ran.";
  const items = told.items.map(({ process, verdict, certainty }) => `  ${process}: ${verdict}, ${certainty}`);
  return [visible(run.name), visible(sentence), ...items.map(visible)];
}

function describe(run: Run, told: Explanation): string[] {
  const { certainty, notes, parts, values, codeDiff = [], candidates, comparedWith } = told;
  return [
    run.name,
    told.sentence,
    `How sure: ${certainty}.`,
    ...notes,
    ...(candidates ? [`It may have been: ${candidates.join(", ")}.`] : []),
    ...(comparedWith && told.verdict !== "hit" ? [`Compared with ${comparedWith.runName}:`] : []),
    ...(told.verdict === "hit" ? [] : parts.map(describePart)),
    ...values.map(({ path, before, after }) => `  ${path}: ${plain(before)} → ${plain(after)}`),
    ...codeDiff.flatMap(({ name, lines }) => [`  ${name}`, ...lines.map(({ sign, text }) => `  ${sign} ${text}`)]),
  ].map(visible);
}

function describePart({ name, before, after, same }: Explanation["parts"][number]): string {
  const word = same === null ? "not known" : same ? "same" : "different";
  return `  ${name}: ${word} (${before?.slice(0, 8) ?? "not recorded"}, ${after?.slice(0, 8) ?? "not recorded"})`;
}

function plain(value: unknown): string {
  return value === undefined ? "not set" : typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? "");
}

function toJson(run: Run, told: Explanation | RunExplanation): string[] {
  const { sentenceParts: _parts, ...answer } = told;
  const text = JSON.stringify(
    { run: run.name, ...answer },
    (_, value) => (typeof value === "bigint" ? String(value) : value),
    2,
  );
  return [text];
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
