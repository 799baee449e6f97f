import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createAuthenticator } from "../auth/authenticate.ts";
import { localAdmin, type Viewer } from "../auth/viewer.ts";
import { AppError, errorCodes } from "../domain/errors.ts";
import { usualRules } from "../operations/context.ts";
import type { CommandLine } from "../settings/command-line.ts";
import { type Environment, findPlaces } from "../settings/environment.ts";
import { chooseSources } from "../sources/choose-sources.ts";
import { readEntryDeaths } from "../state/entry-deaths.ts";
import { openState } from "../state/state.ts";
import { createEngine, type Engine } from "./engine.ts";

/** Sources opened to answer one question in the terminal, with whom to ask as. */
export interface EngineAside {
  engine: Engine;
  viewer: Viewer;
  close(): Promise<void>;
}

const readPause = 50;

/**
 * Reads the sources beside whatever server there is: the catalog is thrown away afterwards, and the state folder is not held, only looked into
 * for what was seen of entries. Answers when everything has been read; throws the failure of a source that cannot be.
 */
export async function openAside(options: {
  line: CommandLine;
  environment: Environment;
  version: string;
  here: string;
  bundledWorkspace: string;
}): Promise<EngineAside> {
  const { configs } = await chooseSources(options.line, options.environment, options);
  const catalogDir = mkdtempSync(join(tmpdir(), "trialdeck-"));
  const state = openState(catalogDir, { lasting: false });
  const entryDeaths = readEntryDeaths(findPlaces(options.environment).stateDir) ?? state.entryDeaths;
  const secret = () => randomBytes(24).toString("base64url");
  const engine = await createEngine({
    version: options.version,
    configs,
    catalogDir,
    state: { ...state, entryDeaths: { ...state.entryDeaths, find: entryDeaths.find } },
    auth: createAuthenticator({
      token: secret(),
      oneTimeCode: secret(),
      origins: [],
      port: 0,
      signIns: state.signIns,
      now: Date.now,
    }),
    rules: { ...usualRules, mode: "off", readOnly: true },
    pricePerGib: null,
    settings: [],
    followed: null,
    editing: null,
    log: () => undefined,
  });
  const close = async () => {
    await engine.close();
    state.close();
    rmSync(catalogDir, { recursive: true, force: true });
  };
  try {
    await untilRead(engine);
  } catch (error) {
    await close();
    throw error;
  }
  return { engine, viewer: localAdmin, close };
}

async function untilRead(engine: Engine): Promise<void> {
  for (;;) {
    const { items } = await engine.sources(localAdmin);
    const failed = items.find(({ error }) => error)?.error;
    if (failed) {
      const code = errorCodes.find((known) => known === failed.code) ?? "source_unavailable";
      throw new AppError(code, failed.message, { remedy: failed.remedy });
    }
    if (items.every(({ status, indexed }) => status === "ready" && indexed.complete)) return;
    await delay(readPause);
  }
}
