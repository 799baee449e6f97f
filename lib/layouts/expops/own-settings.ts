import type { BlobDriver } from "../../contracts/driver.ts";
import type { SystemSetting } from "../../contracts/layout.ts";
import { type CacheSettings, readCacheSettings } from "./cache-settings.ts";
import { isSet, type Section, section, text } from "./config-sections.ts";
import { configPath, findProjects, keyFilePath, largestConfig, type ProjectPlace } from "./discover.ts";
import { readPythonYaml } from "./python-yaml.ts";

type Told = Pick<SystemSetting, "name" | "value" | "at" | "variable">;

/** What the config of each project says of where keys and files are, in whichever spelling, and the key that lies beside it. */
export async function ownSettings(folder: BlobDriver, folderName: string): Promise<SystemSetting[]> {
  const projects = await findProjects(folder, folderName);
  return (await Promise.all(projects.map((project) => settingsOf(folder, project)))).flat();
}

async function settingsOf(folder: BlobDriver, place: ProjectPlace): Promise<SystemSetting[]> {
  const file = configPath(place);
  const bytes = await folder.read(file, { offset: 0, length: largestConfig });
  const root = section(bytes && readPythonYaml(new TextDecoder().decode(bytes)).value);
  const now = section(root.experiment).cache;
  const old = section(section(root.model).parameters).cache;
  const known = { scope: place.name, file };
  const [counting, ignored] = isSet(now)
    ? [tell("experiment.cache", section(now)), isSet(old) ? tell("model.parameters.cache", section(old)) : []]
    : [tell("model.parameters.cache", section(old)), []];
  const settings = counting.map((one) => {
    const other = ignored.find(({ name, value }) => name === one.name && value !== one.value);
    return { ...known, ...one, ...(other && { other: { at: other.at, value: other.value } }) };
  });
  const key = keyFilePath(place);
  const variable = "GOOGLE_APPLICATION_CREDENTIALS";
  return (await folder.stat(key))
    ? [...settings, { ...known, file: key, name: "Firestore key", value: { set: true }, at: "", yields: variable }]
    : settings;
}

function tell(prefix: string, cache: Section): Told[] {
  const settings = readCacheSettings(cache);
  const { options } = settings;
  const told: Told[] = [
    { name: "key store", value: settings.backend, at: placeOfWord(prefix, cache), variable: "MLOPS_KV_BACKEND" },
  ];
  for (const [key, name, variable] of addressesOf(settings)) {
    const value = options[key];
    if (typeof value === "string" || typeof value === "number")
      told.push({ name, value, at: `${prefix}.backend.${key}`, ...(variable && { variable }) });
  }
  if (settings.secrets.password !== undefined)
    told.push({
      name: "Redis password",
      value: { set: true },
      at: `${prefix}.backend.password`,
      variable: "MLOPS_REDIS_PASSWORD",
    });
  if (settings.bucket !== null) {
    const at = isSet(section(cache.object_store).bucket) ? "object_store.bucket" : "bucket";
    told.push({ name: "bucket", value: settings.bucket, at: `${prefix}.${at}`, variable: "MLOPS_GCS_BUCKET" });
  }
  if (settings.ttlHours !== null)
    told.push({ name: "hours that entries live", value: settings.ttlHours, at: `${prefix}.ttl_hours` });
  return told;
}

/** The words of an address that this key store reads, what they are called, and the variable that wins. */
function addressesOf({ backend }: CacheSettings): [key: string, name: string, variable?: SystemSetting["variable"]][] {
  if (backend === "redis")
    return [
      ["host", "Redis host", "MLOPS_REDIS_HOST"],
      ["port", "Redis port", "MLOPS_REDIS_PORT"],
      ["db", "Redis database", "MLOPS_REDIS_DB"],
    ];
  if (backend === "gcp")
    return [
      ["gcp_project", "Google project"],
      ["emulator_host", "Firestore emulator", "FIRESTORE_EMULATOR_HOST"],
    ];
  return [
    ["path", "database file"],
    ["db_path", "database file"],
  ];
}

/** Where the word for the key store stands; where none does, that of the section. */
function placeOfWord(prefix: string, cache: Section): string {
  if (text(cache.kv_backend) !== null) return `${prefix}.kv_backend`;
  if (typeof cache.backend === "string") return `${prefix}.backend`;
  return isSet(section(cache.backend).type) ? `${prefix}.backend.type` : prefix;
}
