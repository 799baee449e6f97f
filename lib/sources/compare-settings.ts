import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { SettingsDifference } from "../domain/settings.ts";
import type { SourceSettings } from "../domain/source-settings.ts";
import type { SettingsFile } from "../settings/parse-settings.ts";
import { configureSources } from "./source-config.ts";

/** What another reading of the settings file would change, by names alone. Throws `bad_request` where its sources are none. */
export function compareSettings(running: SettingsFile, next: SettingsFile): SettingsDifference[] {
  const [before, after] = [sourcesOf(running), sourcesOf(next)];
  const removed = [...before].filter(([id]) => !after.has(id)).map(([, { label }]) => told("removed", label));
  const others = [...after].flatMap(([id, { label, settings }]) => {
    const known = before.get(id);
    if (!known) return [told("added", label)];
    const what = differing(known.settings, settings);
    return what.length > 0 ? [told("changed", label, what)] : [];
  });
  const server = differing(serverPart(running), serverPart(next));
  return [...others, ...removed, ...(server.length > 0 ? [told("changed", null, server)] : [])];
}

/** All but the sources, and how the file was read. */
function serverPart({
  path: _path,
  digest: _digest,
  references: _references,
  warnings: _warnings,
  sources: _sources,
  ...rest
}: SettingsFile) {
  return rest;
}

function told(kind: SettingsDifference["kind"], source: string | null, what: string[] = []): SettingsDifference {
  return { kind, source, what };
}

function sourcesOf({ path, sources }: SettingsFile): Map<string, { label: string; settings: SourceSettings }> {
  const configs = configureSources(sources, dirname(path));
  return new Map(configs.map(({ id, label }, index) => [id, { label, settings: sources[index]! }]));
}

/** Names of the fields that differ. */
function differing(before: object, after: object): string[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...old.keys(), ...now.keys()])].filter(
    (name) => !isDeepStrictEqual(old.get(name), now.get(name)),
  );
}
