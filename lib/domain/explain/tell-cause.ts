import type { ChangedValue } from "../explanation.ts";
import type { SentencePart } from "../run-sentence.ts";
import type { FoundCause } from "./find-cause.ts";
import { sayValue } from "./version-changes.ts";

const mostValues = 3;
const mostNames = 3;

/**
 * What follows "because", with its subject where that is not the process which the sentence is about: "alpha 0.0005 → 0.002", "train_sgd before
 * it changed: …".
 *
 * @param isChart whether the cause draws a chart.
 */
export function tellCause(found: FoundCause, process: string, isChart: boolean): SentencePart[] {
  const { first } = found;
  if (first === null) return tellUnnamed(found, process);
  if (first.part === "data-file") return [{ text: "the data file changed" }];
  if (first.part === "global-config") {
    const values = sayValues(found.changes?.shared ?? []);
    return [{ text: `a setting that all processes share changed${values === "" ? "" : `: ${values}`}` }];
  }
  const isOwn = first.process === process;
  const own = [
    ...(first.part === "config" ? [sayConfig(found, isOwn, isChart)] : []),
    ...(changesCode(found) ? [sayCode(found, isOwn, isChart)] : []),
  ].join(" and ");
  const more = tellAlso(found, process);
  if (isOwn) return [{ text: own }, ...more];
  return [{ text: first.process ?? "", process: first.process ?? "" }, { text: ` before it changed: ${own}` }, ...more];
}

/** Whether the first cause's process has other code. */
export function changesCode({ first, also }: Pick<FoundCause, "first" | "also">): boolean {
  return [first, ...also].some((cause) => cause?.process === first?.process && cause?.part === "function");
}

function tellUnnamed({ also }: FoundCause, process: string): SentencePart[] {
  const own = also.find((cause) => cause.process === process);
  if (own)
    return [
      { text: `its ${own.part === "config" ? "configuration" : "code"} changed, and so did something before it` },
    ];
  return [{ text: "something before it changed; which is not recorded" }];
}

/** Its own change beside that of another. */
function tellAlso({ first, also }: FoundCause, process: string): SentencePart[] {
  const own = also.find((cause) => cause.process === process);
  if (!own || first?.process === process) return [];
  const what = own.part === "config" ? "configuration" : "code";
  return [{ text: `; the ${what} of ` }, { text: process, process }, { text: " itself changed too" }];
}

function sayConfig({ changes, maybeShared, isSameVersion }: FoundCause, isOwn: boolean, isChart: boolean): string {
  const values = [...(changes?.own ?? []), ...(maybeShared ? (changes?.shared ?? []) : [])];
  if (values.length > 0) return sayValues(values);
  if (isSameVersion) return "its configuration was hashed differently, although the files are the same";
  if (isChart) return isOwn ? "its configuration as a chart changed" : "its configuration as a chart";
  if (maybeShared && isOwn) return "its parameters, or a setting that all processes share, changed";
  return isOwn ? "its own configuration changed" : "its configuration";
}

function sayCode({ first, changes, isSameVersion }: FoundCause, isOwn: boolean, isChart: boolean): string {
  if (isSameVersion || changes?.code?.length === 0)
    return "the same code was hashed differently (the tool takes in steps of others that go by a called name)";
  if (isChart) return isOwn ? "the script that draws it changed" : "its script";
  const known = changes?.code;
  const names = (known ?? []).map(({ name }) => name);
  // A function that goes by the process's own name says nothing more.
  const shown = names.join() === first?.process ? "" : ` (${listNames(names)})`;
  const what = known ? `its code${isOwn ? " changed" : ""}${shown}` : "its code, or that of one of its steps";
  return known || !isOwn ? what : `${what}, changed`;
}

/** "alpha 0.0005 → 0.002, rounds 1 → 2 and 3 more". */
export function sayValues(values: readonly ChangedValue[]): string {
  const said = values.map(({ path, before, after }) => `${path} ${sayValue(before)} → ${sayValue(after)}`);
  return listNames(said, mostValues);
}

/** "a, b and c"; a long list is cut and counted. */
export function listNames(names: readonly string[], most = mostNames): string {
  const shown = names.length > most + 1 ? [...names.slice(0, most), `${names.length - most} more`] : [...names];
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** The same as pieces, so that each can be a link. */
export function listProcesses(names: readonly string[], most = mostNames): SentencePart[] {
  const cut = names.length > most + 1;
  const items: SentencePart[] = (cut ? names.slice(0, most) : names).map((process) => ({ text: process, process }));
  if (cut) items.push({ text: `${names.length - most} more` });
  return items.flatMap((item, at) => (at === 0 ? [item] : [{ text: at === items.length - 1 ? " and " : ", " }, item]));
}
