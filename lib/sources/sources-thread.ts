import { dirname } from "node:path";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { CatalogWriter } from "../catalog/contract.ts";
import { releaseBuffers } from "../contracts/release-buffers.ts";
import { connectThread } from "../contracts/thread-calls.ts";
import { yieldToOthers } from "../contracts/yield-to-others.ts";
import { AppError } from "../domain/errors.ts";
import { allVariables } from "../settings/environment.ts";
import { type ChangedSource, discardIn, putBackIn, recheckIn, setAsideIn } from "./change-source.ts";
import { checkCandidate } from "./check-candidate.ts";
import { checkSource } from "./check-source.ts";
import { describeSystems } from "./describe-systems.ts";
import { findRevivalsIn, reviveIn, setLivesIn } from "./revive-source.ts";
import type { SourceConfig } from "./source-config.ts";
import { runSource, type SourcePorts, type SourceRuntime } from "./source-runtime.ts";
import { asAppError } from "./source-status.ts";
import type { SourcesApi, SourcesHost } from "./thread-contract.ts";

/** The thread of drivers, layouts and the indexer. Its data: `{configs, writerPort}`. */
const { configs, writerPort } = workerData as { configs: SourceConfig[]; writerPort: MessagePort };
if (!parentPort) throw new Error("sources-thread.ts runs as a worker only");

yieldToOthers();
const writer = connectThread<CatalogWriter>(writerPort, {});
const runtimes = new Map<string, SourceRuntime>();

function contextOf(config: SourceConfig): ReturnType<SourcePorts["contextOf"]> {
  const id = config.id;
  return {
    sourceId: id,
    options: {},
    now: () => Date.now(),
    known: (of, ids) => writer.known(id, of, ids),
    longestExecutions: (experimentId) => writer.longestExecutions(id, experimentId),
    snapshots: {
      list: () => host.listSnapshots(id),
      read: (hash) => host.readSnapshot(id, hash),
      save: (snapshot) => host.saveSnapshot(id, snapshot),
    },
    begins: {
      find: (experimentName, runName) => host.findBegin(id, experimentName, runName),
      note: (experimentName, runName, hash) => host.noteBegin(id, experimentName, runName, hash),
    },
    pointSightings: {
      runs: () => host.listSightedRuns(id),
      find: (runId) => host.findPointSightings(id, runId),
      save: (runId, sightings) => host.savePointSightings(id, runId, sightings),
    },
    memo: {
      get: (keys) => writer.memoGet(id, keys),
      set: (items) => writer.memoSet(id, items),
    },
    log: (level, message, facts) => void host.onLog(level, message, facts),
  };
}

function configOf(source: string): SourceConfig {
  const config = configs.find(({ id }) => id === source);
  if (!config) throw new AppError("not_found", "There is no such source.");
  return config;
}

function runtimeOf(source: string): SourceRuntime {
  const runtime = runtimes.get(source);
  if (!runtime) throw new AppError("not_found", "There is no such source.");
  return runtime;
}

/** Asks an open layout; an unexpected failure becomes a typed one that names the source. */
async function ask<Answer>(source: string, question: (runtime: SourceRuntime) => Promise<Answer>): Promise<Answer> {
  const runtime = runtimeOf(source);
  try {
    return await question(runtime);
  } catch (error) {
    throw asAppError(error, runtime.status().label);
  }
}

function changedSource(runtime: SourceRuntime, operationId: string | null): ChangedSource {
  return {
    label: runtime.status().label,
    context: runtime.context,
    changing: runtime.opened().layout.changing,
    retell: (store, locators) => runtime.retell(store, locators),
    async keepReceipts(receipts) {
      if (operationId !== null) await host.keepReceipts(operationId, receipts);
    },
  };
}

const api: SourcesApi = {
  statuses: async () => [...runtimes.values()].map((runtime) => runtime.status()),
  lookAt: ({ source, runName, experimentName }, look) =>
    ask(source, async (runtime) => runtime.opened().layout.lookAt?.(runName, experimentName, look)),
  readGraph: ({ source, runName, experimentName }) =>
    ask(
      source,
      async (runtime) => (await runtime.opened().layout.readGraph?.(runtime.context, runName, experimentName)) ?? null,
    ),
  readLog: ({ source, runName, experimentName }, range) =>
    ask(
      source,
      async (runtime) =>
        (await runtime.opened().layout.readLog?.(runtime.context, runName, experimentName, range)) ?? null,
    ),
  readVersion: ({ source, experimentName }, hash) =>
    ask(
      source,
      async (runtime) => (await runtime.opened().layout.readVersion?.(runtime.context, hash, experimentName)) ?? null,
    ),
  readKeys: ({ source, runName, experimentName }) =>
    ask(
      source,
      async (runtime) => (await runtime.opened().layout.readKeys?.(runtime.context, runName, experimentName)) ?? null,
    ),
  readKeySources: (source, hash, experimentName, processes) =>
    ask(
      source,
      async (runtime) =>
        (await runtime.opened().layout.readKeySources?.(runtime.context, hash, experimentName, processes)) ?? null,
    ),
  readRawRun: ({ source, runName, experimentName }) =>
    ask(source, async (runtime) => runtime.opened().layout.readRawRun(runtime.context, runName, experimentName)),
  readRawEntry: (source, locator) =>
    ask(source, async (runtime) => runtime.opened().layout.readRawEntry(runtime.context, locator)),
  statArtifact: (source, locator) =>
    ask(source, async (runtime) => (await runtime.opened().layout.openArtifact(locator))?.stat ?? null),
  readArtifact: (source, locator, range, token) =>
    ask(source, async (runtime) => {
      const found = await runtime.opened().layout.openArtifact(locator);
      if (!found) return null;
      if (token !== null && found.stat.token !== token) {
        throw new AppError("conflict", "The artifact changed while it was being read.", { remedy: "Open it again." });
      }
      // Those of the part before: this one is moved to who asked.
      releaseBuffers(range.length);
      return found.blobs.read(found.path, range);
    }),
  changeableStores: (source) =>
    ask(source, async (runtime) => {
      const stores = runtime.opened().layout.changing?.stores() ?? [];
      return Promise.all(stores.map(async ({ store, driver }) => ({ store, identity: await driver.identity() })));
    }),
  recheck: (source, told) => ask(source, (runtime) => recheckIn(changedSource(runtime, null), told)),
  setAside: (source, operationId, requests) =>
    ask(source, (runtime) => setAsideIn(changedSource(runtime, operationId), requests)),
  putBack: (source, receipts) => ask(source, (runtime) => putBackIn(changedSource(runtime, null), receipts)),
  discard: (source, receipts) => ask(source, (runtime) => discardIn(changedSource(runtime, null), receipts)),
  findRevivals: (source, lost) => ask(source, (runtime) => findRevivalsIn(changedSource(runtime, null), lost)),
  revive: (source, requests) => ask(source, (runtime) => reviveIn(changedSource(runtime, null), requests)),
  setLives: (source, requests) => ask(source, (runtime) => setLivesIn(changedSource(runtime, null), requests)),
  describeSystems: (source, namedBy) => describeSystems(configOf(source), namedBy),
  async check(source, ticket, part) {
    return checkSource(configOf(source), (step) => void host.onCheckStep(ticket, step), part);
  },
  checkCandidate: (candidate, { path, ...rules }) =>
    checkCandidate(candidate, { ...rules, baseDir: dirname(path), variables: allVariables() }),
  async stop() {
    await Promise.all([...runtimes.values()].map((runtime) => runtime.close()));
  },
};

const host = connectThread<SourcesHost>(parentPort, api);
for (const config of configs) {
  const runtime = runSource(config, {
    writer,
    contextOf,
    onStatus: (status) => void host.onStatus(status),
    onChanges: (sourceId, changes) => {
      if (changes.length > 0) void host.onChanges(sourceId, changes);
    },
    onDeaths: (sourceId, deaths) => host.noteDeaths(sourceId, deaths),
    now: () => Date.now(),
  });
  runtimes.set(config.id, runtime);
}
