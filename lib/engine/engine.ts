import { join } from "node:path";
import type { Authenticator } from "../auth/authenticate.ts";
import { createContentSigner } from "../auth/signature.ts";
import { startCatalog } from "../catalog/connect.ts";
import { createPreviewer } from "../codecs/previewer.ts";
import type { Setting } from "../domain/settings.ts";
import type { OperationRules } from "../operations/context.ts";
import { type Operations, openOperations } from "../operations/operations.ts";
import type { SourceConfig } from "../sources/source-config.ts";
import { startSources } from "../sources/start-sources.ts";
import type { State } from "../state/state.ts";
import { type ArtifactQuestions, answerArtifacts } from "./artifact-questions.ts";
import { answerBuckets, applyConfirmations, type BucketQuestions } from "./bucket-questions.ts";
import { answerCache, type CacheQuestions } from "./cache-questions.ts";
import { answerCandidates, type CandidateQuestions, type ConfigEditing } from "./candidate-questions.ts";
import { createEventHub, type EventHub } from "./event-hub.ts";
import { answerExplain, type ExplainQuestions } from "./explain-questions.ts";
import type { FollowedSettings } from "./follow-settings.ts";
import { answerLedger, type LedgerQuestions } from "./ledger-questions.ts";
import { answerLost, type LostQuestions } from "./lost-questions.ts";
import { answerOrphans, judgeOrphans, type OrphanQuestions } from "./orphan-questions.ts";
import { answerPins, type PinQuestions } from "./pin-questions.ts";
import { answerRuns, type RunQuestions } from "./run-questions.ts";
import { answerSettings, type SettingsQuestions } from "./settings-questions.ts";
import { answerSources, createSourceRegistry, type SourceQuestions } from "./source-questions.ts";
import { answerWriting, type WritingQuestions } from "./writing-questions.ts";

/** The product behind its doors: everything that routes and the command line may ask. Each question takes who asks. */
export interface Engine
  extends SourceQuestions,
    RunQuestions,
    CacheQuestions,
    ExplainQuestions,
    LedgerQuestions,
    OrphanQuestions,
    BucketQuestions,
    LostQuestions,
    PinQuestions,
    ArtifactQuestions,
    SettingsQuestions,
    CandidateQuestions,
    WritingQuestions {
  readonly version: string;
  readonly auth: Authenticator;
  readonly events: EventHub;
  readonly operations: Omit<Operations, "keepReceipts" | "stop">;
  /** `degraded` while a source cannot be reached. */
  health(): "ok" | "degraded";
  close(): Promise<void>;
}

export interface EngineOptions {
  version: string;
  configs: readonly SourceConfig[];
  catalogDir: string;
  state: State;
  auth: Authenticator;
  /** Of keeping a GiB for a month. */
  pricePerGib: number | null;
  rules: OperationRules;
  /** As they count, each with where it comes from. */
  settings: readonly Setting[];
  /** `null`: there is no settings file. */
  followed: FollowedSettings | null;
  /** `null`: sources are neither tried nor written from the pages. */
  editing: ConfigEditing | null;
  log(level: "info" | "warn", message: string, facts?: Record<string, unknown>): void;
}

/** Wires the rooms together and starts the threads. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { state } = options;
  const now = () => Date.now();
  const catalog = await startCatalog({ path: join(options.catalogDir, "catalog.sqlite") });
  await catalog.writer.expectSources(options.configs.map(({ id }) => id));
  for (const { id } of options.configs) await catalog.writer.setPins(id, state.pins.list(id));
  const events = createEventHub(now);
  const registry = createSourceRegistry();
  const isReadOnly = (id: string) =>
    options.rules.readOnly || options.configs.some((config) => config.id === id && config.readOnly === true);
  for (const { id, label, environment } of options.configs) {
    registry.update({
      id,
      label,
      environment,
      layout: null,
      engines: [],
      buckets: [],
      phase: "opening",
      capabilities: [],
      hints: [],
      sweepSeconds: null,
      error: null,
    });
  }

  const buckets = {
    registry,
    reader: catalog.reader,
    writer: catalog.writer,
    confirmations: state.bucketConfirmations,
    events,
    now,
  };
  await applyConfirmations(buckets);
  const sources = startSources(
    options.configs.map((config) => ({ ...config, readOnly: isReadOnly(config.id) })),
    catalog.writerPort,
    {
      async onStatus(status) {
        const known = registry.all().find(({ id }) => id === status.id);
        if (status.error && status.error.since !== known?.error?.since)
          options.log(
            "warn",
            `${status.label}: ${[status.error.message, status.error.remedy].filter(Boolean).join(" ")}`,
          );
        registry.update(status);
        events.publishSource(status.id);
        const canBeAsked = status.phase === "indexing" || status.phase === "ready";
        if (canBeAsked && status.phase !== known?.phase) operations.wake(status.id);
      },
      onChanges: async (sourceId, changes) => events.publish(sourceId, changes),
      onLog: async (level, message, facts) => options.log(level, message, facts),
      listSnapshots: async (sourceId) => state.snapshots.list(sourceId),
      readSnapshot: async (sourceId, hash) => state.snapshots.read(sourceId, hash),
      saveSnapshot: async (sourceId, snapshot) => state.snapshots.save(sourceId, snapshot),
      findBegin: async (sourceId, experiment, run) => state.begins.find(sourceId, experiment, run),
      noteBegin: async (sourceId, experiment, run, hash) => state.begins.note(sourceId, experiment, run, hash, now()),
      listSightedRuns: async (sourceId) => state.pointSightings.runs(sourceId),
      findPointSightings: async (sourceId, run) => state.pointSightings.find(sourceId, run),
      noteDeaths: async (sourceId, deaths) => state.entryDeaths.note(sourceId, deaths),
      savePointSightings: async (sourceId, run, sightings) => state.pointSightings.save(sourceId, run, sightings),
      onCheckStep: async (ticket, step) => hearStep(ticket, step),
      keepReceipts: async (operation, receipts) => operations.keepReceipts(operation, receipts),
    },
    ({ code, message, remedy, cause }) => {
      options.log("warn", message, { cause: String((cause as Error)?.stack ?? cause) });
      for (const status of registry.all()) {
        registry.update({ ...status, phase: "unreachable", error: { code, message, remedy, since: now() } });
        events.publishSource(status.id);
      }
    },
  );
  const { editing } = options;
  const passed = new Set<string>();
  const { hearStep, ...settings } = answerSettings(registry, sources.api, {
    settings: options.settings,
    followed: options.followed,
    editing: editing !== null,
  });
  const operations = openOperations({
    reader: catalog.reader,
    sources: sources.api,
    state,
    rules: options.rules,
    judgeOrphans: (actor) => judgeOrphans(registry, catalog.reader, now, actor),
    sourceOf(id) {
      registry.pick(null, id);
      return { ...registry.all().find((status) => status.id === id)!, readOnly: isReadOnly(id) };
    },
    tell: async (id, facts) => events.publish(id, await catalog.writer.put(id, null, facts)),
    onOperation: (source, id) =>
      events.publishOperation(source, id, (viewer) => state.reach.isSeen(viewer, source, id)),
    log: options.log,
    now,
  });
  const previewer = createPreviewer();
  const signer = createContentSigner(state.signingKey, now);

  return {
    version: options.version,
    auth: options.auth,
    events,
    operations,
    health: () => (registry.all().some(({ phase }) => phase === "unreachable") ? "degraded" : "ok"),
    ...answerSources(registry, catalog.reader, isReadOnly),
    ...answerRuns(registry, catalog.reader, sources.api),
    ...answerCache(registry, catalog.reader, sources.api, state.pins),
    ...answerOrphans(registry, catalog.reader, state.bucketConfirmations, now),
    ...answerBuckets(buckets),
    ...answerLost(registry, catalog.reader),
    ...answerPins({
      registry,
      reader: catalog.reader,
      writer: catalog.writer,
      pins: state.pins,
      rules: options.rules,
      publish: (id, changes) => events.publish(id, changes),
      now,
    }),
    ...answerLedger(registry, catalog.reader, options.pricePerGib),
    ...answerExplain(registry, catalog.reader, sources.api, (source, entry) => state.entryDeaths.find(source, entry)),
    ...settings,
    ...answerCandidates({ sources: sources.api, editing, state, passed, now }),
    ...answerWriting({ editing, state, passed, now, onWritten: () => options.followed?.look() }),
    ...answerArtifacts(registry, catalog.reader, sources.api, previewer, signer),
    async close() {
      options.followed?.close();
      await operations.stop();
      await sources.close();
      await Promise.all([catalog.close(), previewer.close()]);
    },
  };
}
