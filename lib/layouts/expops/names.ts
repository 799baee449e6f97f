/**
 * Process and step names: as the author gave them, as 0.1.25 and later store them (an XPath), and as shown. Up to 0.1.9 the stored name is the
 * author's. Names may hold any character, so nothing is split at `:`, `/` or a quote without looking what follows.
 * Facts: docs/layouts/expops.md, "Names".
 */

/** The name under which a process's own record stands among its steps. */
export const processMark = "__process__";

const nameMark = "process[@name='";
const predicate = /\[@([^=\]]+)='(.*?)'\]/gs;

/** `//process[@name='fit']` → `fit`; a fan-out copy `//*[@seed='41']/process[@name='fit']` → `fit[seed=41]`; anything else stays. */
export function displayProcess(stored: string): string {
  const at = stored.indexOf(nameMark);
  if (!stored.startsWith("//") || at < 0 || !stored.endsWith("']")) return stored;
  const text = stored.slice(at + nameMark.length, -2);
  const end = text.indexOf("'][@");
  const name = end < 0 ? text : text.slice(0, end);
  const predicates = stored.slice(2, at) + (end < 0 ? "" : `${text.slice(end + 2)}']`);
  const copies = [...predicates.matchAll(predicate)].map(([, key, value]) => `${key}=${value}`);
  return copies.length > 0 ? `${name}[${copies.join(",")}]` : name;
}

/** The name that the config gives a copy of a fan-out: `fit[seed=41]` → `fit`. */
export function withoutCopy(shown: string): string {
  return shown.replace(/\[[^[\]]*\]$/, "");
}

export interface ProbePlace {
  /** As stored. */
  process: string;
  step: string | null;
}

/**
 * Where a probe path hangs. From 0.1.25 `<process>/step[@name='fit']`; before `<process>/<step>`, where a name may hold the slash itself:
 * `processes` (as stored, those of the run) decide, else the first slash does.
 */
export function splitProbePath(path: string, processes: Iterable<string> = []): ProbePlace {
  if (path.startsWith("//")) {
    const at = path.indexOf("']/step[@name='");
    if (at < 0 || !path.endsWith("']")) return { process: path, step: null };
    return { process: path.slice(0, at + 2), step: path.slice(at + "']/step[@name='".length, -2) };
  }
  let longest: string | null = null;
  for (const process of processes) {
    if (path === process) return { process, step: null };
    if (path.startsWith(`${process}/`) && process.length > (longest?.length ?? -1)) longest = process;
  }
  const end = longest?.length ?? path.indexOf("/");
  return end < 0 ? { process: path, step: null } : { process: path.slice(0, end), step: path.slice(end + 1) };
}

/** The probe path of a process, or of a step in it, as 0.1.25 and later write it. */
export function probePathOf(process: string, step: string | null): string {
  return step === null ? process : `${process}/step[@name='${step}']`;
}

/** `p_` and URL-safe base64 without padding, as in metric keys and folder names. */
export function encodeProbePath(path: string): string {
  return `p_${Buffer.from(path, "utf8").toString("base64url")}`;
}

/** `null` when the text is no encoded probe path. */
export function decodeProbePath(encoded: string): string | null {
  if (!/^p_[A-Za-z0-9_-]*$/.test(encoded)) return null;
  const path = Buffer.from(encoded.slice(2), "base64url").toString("utf8");
  return encodeProbePath(path) === encoded ? path : null;
}

/** Start of a run as its name tells it: UTC, whole seconds. */
export function startOfRunName(runName: string): number | null {
  const match = /-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)-[0-9a-f]{8}$/.exec(runName);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  return Number.isNaN(at) ? null : at;
}

/** The project that a run's name tells; `null` when it is not named as the tool does. */
export function projectOfRunName(runName: string): string | null {
  return /^project-(.+)-\d{14}-[0-9a-f]{8}$/s.exec(runName)?.[1] ?? null;
}
