import type { Setting, SettingOrigin } from "../domain/settings.ts";
import type { SettingsFile } from "../settings/parse-settings.ts";
import type { ChosenSources } from "./choose-sources.ts";
import { locationOf, type SourceConfig } from "./source-config.ts";

/** Settings of the sources as they count; of a secret only whether it is set, and where it stands. */
export function describeSources({ configs, origin, from, file }: ChosenSources): Setting[] {
  return configs.flatMap((config, index) => {
    const { id, label, parts, environment, readOnly = false, readsPerHour, tls, googleKeyFile } = config;
    const setting = (name: string, value: Setting["value"], isSaid = true): Setting => ({
      ...{ id: `${id}/${name}`, of: id, name, value },
      ...(isSaid ? { origin, from } : { origin: "default", from: null }),
    });
    const told = (name: string, value: string | undefined) => (value === undefined ? [] : [setting(name, value)]);
    return [
      setting("target", parts.map(locationOf).join(" + ")),
      setting("label", label),
      setting("environment", environment, environment !== null),
      setting("read only", readOnly, readOnly),
      setting("documents an hour", readsPerHour ?? 5_000, readsPerHour !== null),
      ...(hasPassword(config)
        ? [{ ...setting("Redis password", { set: true }), ...placeOfSecret(file, index, origin) }]
        : []),
      ...told("Redis authority", tls?.caFile),
      ...told("name in the Redis certificate", tls?.serverName),
      ...told("Google key file", googleKeyFile),
    ];
  });
}

function hasPassword({ parts }: SourceConfig): boolean {
  return parts.some((part) => part.scheme === "redis" && new URL(part.url).password !== "");
}

/** Where the password of the source at this place of the file is taken from. */
function placeOfSecret(
  file: SettingsFile | null,
  index: number,
  origin: SettingOrigin,
): Pick<Setting, "origin" | "from" | "warning"> | null {
  if (!file) return { origin, from: "TARGET" };
  const isOf = (at: readonly (string | number)[], ...path: string[]) =>
    JSON.stringify(at) === JSON.stringify(["sources", index, ...path]);
  const reference =
    file.references.find(({ at }) => isOf(at, "redis", "password")) ??
    file.references.find(({ at }) => isOf(at, "target"));
  if (!reference) {
    const warning = "It stands in the settings file itself. Write ${env:NAME} or file:PATH in its place.";
    return { origin: "file", from: file.path, warning };
  }
  if (reference.origin === "environment") return { origin: "environment", from: reference.name };
  const warning = file.warnings.find((one) => one.startsWith(reference.name));
  return { origin: "file", from: `file:${reference.name}`, ...(warning && { warning }) };
}
