import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OperationRules, usualRules } from "../operations/context.ts";
import type { AccessFile } from "../settings/access.ts";
import type { CommandLine } from "../settings/command-line.ts";
import { describeServer, type UsualSettings } from "../settings/effective.ts";
import { allVariables, type Environment, findPlaces } from "../settings/environment.ts";
import { isLoopback } from "../settings/loopback.ts";
import type { SettingsFile } from "../settings/parse-settings.ts";
import { placesOf } from "../sources/admit-candidate.ts";
import { type ChosenSources, chooseSources } from "../sources/choose-sources.ts";
import { describeSources } from "../sources/describe-sources.ts";
import { type LockHolder, takeServerLock } from "../state/server-lock.ts";
import { openState } from "../state/state.ts";
import type { ConfigEditing } from "./candidate-questions.ts";
import { createEngine, type Engine } from "./engine.ts";
import { followSettings } from "./follow-settings.ts";
import { openAuth } from "./open-auth.ts";
import { shareEngine } from "./shared-engine.ts";

export interface StartOptions {
  line: CommandLine;
  environment: Environment;
  version: string;
  /** Where the command was typed. */
  here: string;
  bundledWorkspace: string;
  /** Addresses of this server (`http://127.0.0.1:3000`), the printed one first. */
  origins: readonly string[];
  port: number;
  /** Who may ask besides the one who started it; `null`: nobody. */
  access: AccessFile | null;
  /** Where the server says what it notices; facts never hold a secret. */
  log(level: "info" | "warn", message: string, facts?: Record<string, unknown>): void;
}

export interface StartedEngine {
  engine: Engine;
  /** Labels of the sources, and why these. */
  labels: string[];
  why: string;
  /** Signs a browser in, once. */
  signInPath: string;
  /** Who holds the state folder, when this server does not: it then reads only and keeps nothing. */
  heldBy: LockHolder | null;
  stateDir: string;
  close(): Promise<void>;
}

/** Chooses the sources, opens the state and puts this process's engine where Next finds it. */
export async function startEngine(options: StartOptions): Promise<StartedEngine> {
  const { line, environment, origins, port } = options;
  const chosen = await chooseSources(line, environment, options);
  const { configs, why, file } = chosen;
  for (const warning of file?.warnings ?? []) options.log("warn", warning);
  const { stateDir, cacheDir } = findPlaces(environment);
  const lock = takeServerLock(stateDir, origins[0] ?? "", new Date());
  const catalogDir = lock.held ? cacheDir : mkdtempSync(join(tmpdir(), "trialdeck-"));
  mkdirSync(catalogDir, { recursive: true, mode: 0o700 });
  const state = openState(stateDir, { lasting: lock.held });
  const auth = openAuth({
    token: environment.TRIALDECK_TOKEN ?? keepToken(stateDir),
    origins,
    port,
    signIns: state.signIns,
    file: options.access,
    oidcSecret: environment.TRIALDECK_OIDC_SECRET,
    sources: configs.map(({ id }) => id),
    log: options.log,
  });
  const rules = rulesOf(environment, line, file, { isFirst: lock.held, isShared: options.access !== null });
  const engine = await createEngine({
    version: options.version,
    configs,
    catalogDir,
    state,
    auth,
    pricePerGib: environment.TRIALDECK_PRICE_PER_GIB ?? file?.pricePerGib ?? null,
    rules,
    settings: [...describeServer(line, environment, file, usualSettings(rules)), ...describeSources(chosen)],
    followed:
      file &&
      followSettings(file, {
        variables: allVariables(),
        now: Date.now,
        log: (message) => options.log("info", message),
      }),
    editing: editingOf(environment, chosen),
    log: options.log,
  });
  shareEngine(engine);
  return {
    engine,
    labels: configs.map(({ label }) => label),
    why,
    signInPath: `/api/v1/sign-in?code=${auth.oneTimeCode}`,
    heldBy: lock.held ? null : lock.holder,
    stateDir,
    async close() {
      await engine.close();
      state.close();
      if (lock.held) lock.release();
      else rmSync(catalogDir, { recursive: true, force: true });
    },
  };
}

/** For one person on this machine alone stores may be changed, behind a plan; otherwise only when told so. */
function rulesOf(
  environment: Environment,
  line: CommandLine,
  file: SettingsFile | null,
  { isFirst, isShared }: { isFirst: boolean; isShared: boolean },
): OperationRules {
  const { limits = {} } = file ?? {};
  const days = environment.TRIALDECK_TRASH_DAYS ?? limits.trashDays;
  const hours = environment.TRIALDECK_PURGE_AFTER_HOURS ?? limits.purgeAfterHours;
  const usualMode = isLoopback(line.host) && !isShared ? "on" : "plan";
  return {
    ...usualRules,
    mode: environment.TRIALDECK_INVALIDATION ?? file?.invalidation ?? usualMode,
    readOnly: line.readOnly || !isFirst,
    mostItems: environment.TRIALDECK_PLAN_ITEMS ?? limits.planItems ?? usualRules.mostItems,
    quotaBytes: environment.TRIALDECK_TRASH_BYTES ?? limits.trashBytes ?? usualRules.quotaBytes,
    retentionMillis: days === undefined ? usualRules.retentionMillis : days * 24 * 3600_000,
    purgeAfterMillis: hours === undefined ? usualRules.purgeAfterMillis : hours * 3600_000,
  };
}

/** Off unless it is switched on; what is tried may lead where the sources do, and where the settings file says. */
function editingOf(
  { TRIALDECK_CONFIG_EDIT: said }: Environment,
  { file, configs }: ChosenSources,
): ConfigEditing | null {
  if (!file || !(said === undefined ? file.configEdit : said === "1")) return null;
  return { path: file.path, ...placesOf(configs, file) };
}

function usualSettings({ mode }: OperationRules): UsualSettings {
  const { mostItems, retentionMillis, quotaBytes, purgeAfterMillis } = usualRules;
  const hour = 3600_000;
  return {
    invalidation: mode,
    planItems: mostItems,
    trashDays: retentionMillis / (24 * hour),
    trashBytes: quotaBytes,
    purgeAfterHours: purgeAfterMillis / hour,
  };
}

/** The token for scripts; made once and kept readable by its owner only. */
function keepToken(stateDir: string): string {
  const path = join(stateDir, "token");
  try {
    writeFileSync(path, randomBytes(24).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return readFileSync(path, "utf8").trim();
}
