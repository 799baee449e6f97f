import type { Setting } from "../domain/settings.ts";
import type { ChosenSources } from "./choose-sources.ts";
import { locationOf } from "./source-config.ts";

/** Settings of the sources as they count; nothing of a credential is told. */
export function describeSources({ configs, origin, from }: ChosenSources): Setting[] {
  return configs.flatMap(({ id, label, parts, environment, readOnly = false, readsPerHour }) => {
    const setting = (name: string, value: Setting["value"], isSaid = true): Setting => ({
      ...{ id: `${id}/${name}`, of: id, name, value },
      ...(isSaid ? { origin, from } : { origin: "default", from: null }),
    });
    return [
      setting("target", parts.map(locationOf).join(" + ")),
      setting("label", label),
      setting("environment", environment, environment !== null),
      setting("read only", readOnly, readOnly),
      setting("documents an hour", readsPerHour ?? 5_000, readsPerHour !== null),
    ];
  });
}
