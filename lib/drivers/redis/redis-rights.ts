import type { CheckRecipe } from "../../domain/check.ts";
import { placeOf } from "./kept-keys.ts";
import { notificationsOf } from "./watch-keys.ts";

/** A command of the product with one way to call it. */
export interface Right {
  /** As an access list grants it. */
  right: string;
  words: string[];
  /** Calling it changes nothing. */
  harmless: boolean;
}

/** Which keys of which database are meant, and the channels that the layout listens to. */
export interface KeysAt {
  db: number;
  prefix: string;
  channels: readonly string[];
}

export type RightsFor = "read" | "follow" | "change";

const commands: Record<
  RightsFor,
  [right: string, words: (key: string, place: KeysAt) => string[], harmless?: boolean][]
> = {
  read: [
    ["+scan", () => ["SCAN", "0", "COUNT", "1"]],
    ["+type", (key) => ["TYPE", key]],
    ["+pttl", (key) => ["PTTL", key]],
    ["+strlen", (key) => ["STRLEN", key]],
    ["+getrange", (key) => ["GETRANGE", key, "0", "0"]],
    ["+hlen", (key) => ["HLEN", key]],
    ["+hkeys", (key) => ["HKEYS", key]],
    ["+hstrlen", (key) => ["HSTRLEN", key, "field"]],
    ["+hmget", (key) => ["HMGET", key, "field"]],
  ],
  follow: [
    ["+config|get", () => ["CONFIG", "GET", "notify-keyspace-events"]],
    ["+psubscribe", (_key, { db, prefix }) => ["PSUBSCRIBE", notificationsOf(db, prefix)], false],
  ],
  change: [
    ["+watch", (key) => ["WATCH", key], false],
    ["+unwatch", () => ["UNWATCH"], false],
    ["+multi", () => ["MULTI"], false],
    ["+exec", () => ["EXEC"], false],
    ["+unlink", (key) => ["UNLINK", key], false],
    ["+set", (key) => ["SET", key, ""], false],
    ["+exists", (key) => ["EXISTS", key]],
    ["+renamenx", (key) => ["RENAMENX", key, placeOf("looks-for-none")], false],
    ["+persist", (key) => ["PERSIST", key], false],
    ["+pexpireat", (key) => ["PEXPIREAT", key, "1"], false],
    ["+memory|usage", (key) => ["MEMORY", "USAGE", key]],
    ["+dump", (key) => ["DUMP", key]],
    ["+restore", (key) => ["RESTORE", key, "0", ""], false],
  ],
};

/** What the product asks of a Redis whose keys begin so. */
export function commandsOf(purpose: RightsFor, place: KeysAt): Right[] {
  const key = `${place.prefix}trialdeck-looks-for-none`;
  return commands[purpose].map(([right, words, harmless = true]) => ({ right, words: words(key, place), harmless }));
}

/** The least rights, as `ACL SETUSER` takes them. */
export function redisRecipes({ db, prefix, channels }: KeysAt): CheckRecipe[] {
  const rightsOf = (...purposes: RightsFor[]) =>
    purposes.flatMap((purpose) => commands[purpose].map(([right]) => right));
  const listening = [
    "resetchannels",
    ...[...channels, notificationsOf(db, prefix)].map((pattern) => `&${pattern}`),
  ].join(" ");
  const told = "+pexpiretime +dbsize +info";
  const user = (name: string, keys: string, rights: string[]) =>
    `ACL SETUSER ${name} on ><password> resetkeys ${keys} ${listening} -@all ${told} ${rights.join(" ")}`;
  return [
    { title: "Redis: read", text: user("trialdeck", `%R~${prefix}*`, rightsOf("read", "follow")) },
    {
      title: "Redis: read, take entries out and put them back",
      text: user("trialdeck", `~${prefix}* ~${placeOf("*")}`, rightsOf("read", "follow", "change")),
    },
  ];
}
