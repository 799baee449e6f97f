import { dirname } from "node:path";
import { AppError } from "../domain/errors.ts";
import type { SourcePlace, SourceSettings } from "../domain/source-settings.ts";
import { showSources } from "../settings/edit-settings.ts";
import { allVariables } from "../settings/environment.ts";
import { digestOf, parseSettings } from "../settings/parse-settings.ts";
import { readText } from "../settings/settings-file.ts";
import { configureSources } from "../sources/source-config.ts";

/** The settings file as it is written now. */
export interface WrittenSettings {
  text: string;
  digest: string;
  sources: { id: string; label: string; settings: SourceSettings }[];
}

/** Reads the settings file as a form shows it. Throws `bad_request` where it is broken. */
export function readWritten(path: string): WrittenSettings & { resolved: SourceSettings[] } {
  const text = readText(path);
  const resolved = parseSettings(text, path, allVariables()).sources;
  const configs = configureSources(resolved, dirname(path));
  const shown = showSources(text);
  const sources = configs.map(({ id, label }, index) => ({ id, label, settings: shown[index]! }));
  return { text, digest: digestOf(text), sources, resolved };
}

/** The source of the file that is meant; a new one has no index. Throws `conflict` when the file was written meanwhile. */
export function openWritten(path: string, { of, digest }: SourcePlace) {
  const written = readWritten(path);
  const index = of === null ? null : written.sources.findIndex(({ id }) => id === of);
  if (written.digest !== digest || index === -1)
    throw new AppError("conflict", "The settings file was changed meanwhile.", {
      remedy: "Open the form again, and make the change in it anew.",
    });
  return {
    text: written.text,
    index,
    shown: index === null ? null : written.sources[index]!.settings,
    resolved: index === null ? null : written.resolved[index]!,
  };
}
