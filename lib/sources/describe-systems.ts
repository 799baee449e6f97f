import { basename, join } from "node:path";
import type { SystemSetting } from "../contracts/layout.ts";
import { isAppError } from "../domain/errors.ts";
import type { Setting, SettingOrigin } from "../domain/settings.ts";
import { choose } from "../settings/effective.ts";
import { readEnvironment } from "../settings/environment.ts";
import { openFolder } from "./plan-slots.ts";
import { layouts } from "./registry.ts";
import { locationOf, type SourceConfig } from "./source-config.ts";

/**
 * What the systems' own files in a source's folders say, as it counts: a variable wins over them as it does for the tool, and a store that was named
 * as a target wins over both. Where they disagree the setting says so. A folder that cannot be read tells nothing: its check says why.
 */
export async function describeSystems(config: SourceConfig, namedBy: SettingOrigin): Promise<Setting[]> {
  const folders = config.parts.flatMap((part) => (part.scheme === "folder" ? [part.path] : []));
  const told = await Promise.all(folders.map(async (path) => ({ path, settings: await readOwnSettings(path) })));
  return told.flatMap(({ path, settings }) => settings.map((one) => settingOf(config, namedBy, path, one)));
}

async function readOwnSettings(path: string): Promise<SystemSetting[]> {
  try {
    const folder = await openFolder(path);
    try {
      return (await Promise.all(layouts.map(({ ownSettings }) => ownSettings?.(folder, basename(path)) ?? []))).flat();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (isAppError(error)) return [];
    throw error;
  }
}

function settingOf(config: SourceConfig, namedBy: SettingOrigin, folder: string, told: SystemSetting): Setting {
  const { scope, name, value, file, at, variable, yields, other } = told;
  const place = join(folder, file);
  const said: Parameters<typeof choose>[2] = { "system-file": { value, from: at === "" ? place : `${place}: ${at}` } };
  const target = name === "key store" ? namedIndex(config) : null;
  if (target !== null) said[namedBy] = { value: target, from: "target" };
  else if (variable !== undefined) said.environment = { value: environmentValue(variable, value), from: variable };
  const setting = choose(config.id, `${scope}: ${name}`, said, null);
  const drift =
    other && setting.origin === "system-file"
      ? `${other.at} of the same file says ${wordsOf(other.value)}, which does not count.`
      : yields !== undefined && environmentValue(yields, value) !== undefined
        ? `${yields} is set as well, which does not count.`
        : setting.drift;
  return { ...setting, ...(drift !== undefined && { drift }) };
}

/** The index that was named as a target, and so is opened in place of those that a config names. */
function namedIndex({ parts }: SourceConfig): string | null {
  const index = parts.find(({ scheme }) => scheme !== "folder" && scheme !== "gs");
  return index ? locationOf(index) : null;
}

/** What a variable says, of a secret only that it is set. */
function environmentValue(variable: string, like: SystemSetting["value"]): Setting["value"] | undefined {
  const found = (readEnvironment() as Record<string, string | number | undefined>)[variable];
  return found !== undefined && typeof like === "object" ? { set: true } : found;
}

function wordsOf(value: SystemSetting["value"]): string {
  return typeof value === "object" ? "another" : String(value);
}
