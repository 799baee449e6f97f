import { isAppError } from "../domain/errors.ts";
import type { SettingsChange, SettingsDifference } from "../domain/settings.ts";
import { digestOf, parseSettings, type SettingsFile } from "../settings/parse-settings.ts";
import type { Variables } from "../settings/references.ts";
import { readText } from "../settings/settings-file.ts";
import { watchSettingsFile } from "../settings/watch-file.ts";
import { compareSettings } from "../sources/compare-settings.ts";

export interface FollowedSettings {
  /** How the file differs from what was read at the start; `null`: it does not. */
  changed(): SettingsChange | null;
  /** Looks now. */
  look(): void;
  close(): void;
}

/** Follows the settings file. What changes in it is told and nothing is applied: the settings that were read at the start go on. */
export function followSettings(
  running: SettingsFile,
  { variables, now, log }: { variables: Variables; now(): number; log(message: string): void },
): FollowedSettings {
  let digest = running.digest;
  let change: SettingsChange | null = null;
  const look = () => {
    const found = readChange(running, variables);
    if (found.digest === digest) return;
    digest = found.digest;
    change = found.told && { at: new Date(now()).toISOString(), path: running.path, ...found.told };
    if (change) log(`${running.path}: ${change.summary}`);
  };
  return { changed: () => change, look, close: watchSettingsFile(running.path, look) };
}

interface Found {
  digest: string;
  told: Pick<SettingsChange, "summary" | "differences" | "error"> | null;
}

function readChange(running: SettingsFile, variables: Variables): Found {
  let digest = "none";
  try {
    const text = readText(running.path);
    digest = digestOf(text);
    if (digest === running.digest) return { digest, told: null };
    const differences = compareSettings(running, parseSettings(text, running.path, variables));
    return { digest, told: { summary: summaryOf(differences), differences } };
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { message, remedy, details } = error;
    const summary = "It cannot be read; the settings of the start go on.";
    return { digest, told: { summary, differences: [], error: { message, ...(remedy && { remedy }), ...details } } };
  }
}

/** "adds Lab; changes Archive (label); takes effect at the next start". */
function summaryOf(differences: readonly SettingsDifference[]): string {
  if (differences.length === 0) return "It was written anew and says the same.";
  const verbs = { added: "adds", removed: "removes", changed: "changes" } as const;
  const words = differences.map(({ kind, source, what }) => {
    const which = what.length > 0 ? ` (${what.join(", ")})` : "";
    return `${verbs[kind]} ${source ?? "the server"}${which}`;
  });
  return `It ${words.join("; ")}.`;
}
