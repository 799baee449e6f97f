import type { Setting } from "../domain/settings.ts";
import type { CommandLine } from "./command-line.ts";
import { type Environment, findPlaces } from "./environment.ts";
import type { SettingsFile } from "./parse-settings.ts";

/** What counts where nothing is set. */
export interface UsualSettings {
  invalidation: string;
  planItems: number;
  trashDays: number;
  trashBytes: number;
  purgeAfterHours: number;
}

interface Said {
  value: Setting["value"] | undefined;
  from: string;
}

/** Settings of the server as they count, each with where it comes from. */
export function describeServer(
  line: CommandLine,
  environment: Environment,
  file: SettingsFile | null,
  usual: UsualSettings,
): Setting[] {
  const variable = (name: keyof Environment): Said => ({ value: environment[name], from: name });
  const option = (from: string, value: Setting["value"] | undefined): Said => ({ value, from });
  const places = findPlaces(environment);
  const { limits = {} } = file ?? {};
  /** What a variable or the settings file says. */
  const either = (variableName: keyof Environment, inFile: Setting["value"] | undefined) => ({
    environment: variable(variableName),
    file: option(file?.path ?? "", inFile),
  });
  const setting = (name: string, said: Partial<Record<Setting["origin"], Said>>, standard: Setting["value"]) =>
    choose("server", name, said, standard);
  return [
    setting(
      "port",
      {
        "command-line": option("--port", line.port === null ? undefined : String(line.port)),
        environment: option("PORT", environment.PORT === undefined ? undefined : String(environment.PORT)),
      },
      "3000, or the next free one",
    ),
    setting(
      "host",
      { "command-line": option("--host", line.host === "127.0.0.1" ? undefined : line.host) },
      "127.0.0.1",
    ),
    secret("token", environment.TRIALDECK_TOKEN, "TRIALDECK_TOKEN", "the file token in the state folder"),
    setting(
      "settings file",
      {
        "command-line": option("--config", line.config ?? undefined),
        environment: variable("TRIALDECK_CONFIG"),
        file: option("found up the tree", file?.path),
      },
      null,
    ),
    setting("state folder", { environment: variable("TRIALDECK_STATE_DIR") }, places.stateDir),
    setting("read only", { "command-line": option("--read-only", line.readOnly || undefined) }, false),
    setting("invalidation", either("TRIALDECK_INVALIDATION", file?.invalidation), usual.invalidation),
    setting(
      "config editing",
      {
        environment: option(
          "TRIALDECK_CONFIG_EDIT",
          environment.TRIALDECK_CONFIG_EDIT && environment.TRIALDECK_CONFIG_EDIT === "1",
        ),
        file: option(file?.path ?? "", file?.configEdit),
      },
      false,
    ),
    setting("plan, most items", either("TRIALDECK_PLAN_ITEMS", limits.planItems), usual.planItems),
    setting("trash, days", either("TRIALDECK_TRASH_DAYS", limits.trashDays), usual.trashDays),
    setting("trash, bytes", either("TRIALDECK_TRASH_BYTES", limits.trashBytes), usual.trashBytes),
    setting("purge after, hours", either("TRIALDECK_PURGE_AFTER_HOURS", limits.purgeAfterHours), usual.purgeAfterHours),
    setting("price per GiB and month", either("TRIALDECK_PRICE_PER_GIB", file?.pricePerGib), null),
    ...overrides(environment),
  ];
}

/** Variables that move the tool's own places. */
const unfollowed: ReadonlySet<string> = new Set(["MLOPS_KV_PATH", "MLOPS_WORKSPACE_DIR", "MLOPS_STEP_CACHE_DIR"]);

/** Variables of the systems themselves, which win over what a project's config says. */
function overrides(environment: Environment): Setting[] {
  const names = [
    "MLOPS_KV_BACKEND",
    "MLOPS_KV_PATH",
    "MLOPS_WORKSPACE_DIR",
    "MLOPS_STEP_CACHE_DIR",
    "MLOPS_REDIS_HOST",
    "MLOPS_REDIS_PORT",
    "MLOPS_REDIS_DB",
    "MLOPS_GCS_BUCKET",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CLOUD_PROJECT",
    "FIRESTORE_EMULATOR_HOST",
    "STORAGE_EMULATOR_HOST",
  ] as const;
  const set = names.filter((name) => environment[name] !== undefined);
  const told = set.map((name): Setting => {
    const setting = choose("server", name, { environment: { value: environment[name], from: name } }, null);
    return unfollowed.has(name)
      ? { ...setting, warning: `The tool obeys ${name}, Trialdeck does not: name that place as a target.` }
      : setting;
  });
  const password = environment.MLOPS_REDIS_PASSWORD;
  return password === undefined
    ? told
    : [...told, secret("MLOPS_REDIS_PASSWORD", password, "MLOPS_REDIS_PASSWORD", "")];
}

/** The strongest that says something counts; a weaker one that says otherwise is drift. */
export function choose(
  of: string,
  name: string,
  said: Partial<Record<Setting["origin"], Said>>,
  standard: Setting["value"],
): Setting {
  const order = ["command-line", "environment", "file", "system-file"] as const;
  const spoken = order.flatMap((origin) => {
    const one = said[origin];
    return one?.value === undefined ? [] : [{ origin, value: one.value, from: one.from }];
  });
  const [first, ...others] = spoken;
  if (!first) return { id: `${of}/${name}`, of, name, value: standard, origin: "default", from: null };
  const other = others.find(({ value }) => typeof value === "object" || value !== first.value);
  const says = other && (typeof other.value === "object" ? "sets it as well" : `says ${String(other.value)}`);
  const drift = other && `${other.from} ${says}, which does not count.`;
  return { id: `${of}/${name}`, of, name, ...first, ...(drift && { drift }) };
}

function secret(name: string, value: string | undefined, variable: string, otherwise: string): Setting {
  const isSet = value !== undefined;
  return {
    ...{ id: `server/${name}`, of: "server", name, value: { set: isSet || otherwise !== "" } },
    ...(isSet ? { origin: "environment", from: variable } : { origin: "default", from: otherwise }),
  };
}
