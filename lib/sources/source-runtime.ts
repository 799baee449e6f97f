import { setTimeout as delay } from "node:timers/promises";
import type { CatalogChange, CatalogWriter, SeenDeath } from "../catalog/contract.ts";
import type { LayoutContext } from "../contracts/layout.ts";
import { AppError } from "../domain/errors.ts";
import type { Fact } from "../domain/facts.ts";
import { type OpenedSource, openSource } from "./open-source.ts";
import { planOf } from "./plan-slots.ts";
import { releaseMemory } from "./release-memory.ts";
import type { SourceConfig } from "./source-config.ts";
import { asAppError, retryAfterMillis, type SourceStatus } from "./source-status.ts";

const firstRetryMillis = 500;
/** A store that is back shows within ten seconds, the reading included. */
const longestRetryMillis = 5_000;
const planCheckMillis = 3_000;
/** A source that goes on so long after it was opened again has recovered, though not everything is read. */
const settledMillis = 15_000;
/** A full pass even where changes are watched: it finds what a watcher cannot see. */
export const safetySweepMillis = 10 * 60_000;
/** A file that is newer than a sweep may only wait for its index row: the second sweep can tell, so it comes soon. */
const secondSweepMillis = 90_000;
/** However soon a sweep is due, the one before took no more than this share of the time. */
const largestSweepShare = 0.2;
const deathsAtOnce = 1_000;
/** Batches that are read while one is written: the time of both varies, and neither should wait for the other. */
const batchesAhead = 3;

export interface SourcePorts {
  writer: Pick<CatalogWriter, "beginGeneration" | "put" | "endGeneration" | "touch" | "takeDeaths">;
  contextOf(config: SourceConfig): Omit<LayoutContext, "trouble">;
  onStatus(status: SourceStatus): void;
  onChanges(sourceId: string, changes: CatalogChange[]): void;
  /** Entries that were seen to go, or to lose their result. */
  onDeaths(sourceId: string, deaths: SeenDeath[]): Promise<void>;
  now(): number;
}

/** One source, opened, swept, watched and opened again after a failure, until it is closed. */
export interface SourceRuntime {
  readonly id: string;
  readonly context: LayoutContext;
  /** The open source; throws what stands in the way when it is not open. */
  opened(): OpenedSource;
  status(): SourceStatus;
  /** Tells the catalog how these places of a store are after a change that was made here, ahead of watch and sweep. Never throws. */
  retell(store: string, locators: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export function runSource(config: SourceConfig, ports: SourcePorts): SourceRuntime {
  const troubles = new Map<string, AppError>();
  let sweepNow = new AbortController();
  const context: LayoutContext = {
    ...ports.contextOf(config),
    trouble(part, failure) {
      if (failure === null) {
        troubles.delete(part);
        sweepNow.abort();
      } else {
        troubles.set(part, asAppError(failure, config.label));
        if (source) reportMissing(source);
      }
    },
  };
  const ending = new AbortController();
  let isSweeping = false;
  /** The sweep under way may have read these before the change, and told them after it. */
  const changedMeanwhile: ChangedPlaces[] = [];
  let source: OpenedSource | null = null;
  let retryMillis = firstRetryMillis;
  /** As long as the store itself asked to be left alone. */
  let restMillis = 0;
  let isRefused = false;
  let status: SourceStatus = {
    id: config.id,
    label: config.label,
    environment: config.environment,
    layout: null,
    engines: [],
    buckets: [],
    phase: "opening",
    capabilities: [],
    hints: [],
    sweepSeconds: null,
    error: null,
  };

  const setStatus = (change: Partial<SourceStatus>) => {
    status = { ...status, ...change };
    ports.onStatus(status);
  };

  const tellDeaths = async () => {
    const deaths = await ports.writer.takeDeaths(config.id);
    // In parts, so that whoever keeps them is not held up.
    for (let at = 0; at < deaths.length; at += deathsAtOnce)
      await ports.onDeaths(config.id, deaths.slice(at, at + deathsAtOnce));
  };

  const putFacts = async (generation: number | null, facts: Fact[]) => {
    ports.onChanges(config.id, await ports.writer.put(config.id, generation, facts));
    if (generation === null) await tellDeaths();
  };

  /** What was changed is changed, whether it can be read again or not: a sweep tells what this could not. */
  const retellPlaces = async ({ layout }: OpenedSource, { store, locators }: ChangedPlaces) => {
    try {
      const facts = (await layout.changing?.factsAt(context, store, locators)) ?? [];
      if (facts.length > 0) await putFacts(null, facts);
    } catch (error) {
      context.log("warn", `${config.label}: what was changed could not be read again.`, { cause: String(error) });
    }
  };

  const sweep = async (opened: OpenedSource, signal: AbortSignal) => {
    const asOf = ports.now();
    const generation = await ports.writer.beginGeneration(config.id);
    let complete = false;
    isSweeping = true;
    const writing: Promise<void>[] = [];
    try {
      for await (const facts of opened.layout.scan(context, signal)) {
        if (writing.length === batchesAhead) await writing.shift();
        const put = putFacts(generation, facts);
        put.catch(() => undefined);
        writing.push(put);
      }
      await Promise.all(writing);
      for (const places of changedMeanwhile) await retellPlaces(opened, places);
      // What could not be opened was not looked at: nothing is taken as gone.
      complete = !signal.aborted && opened.skipped.length === 0;
    } finally {
      isSweeping = false;
      changedMeanwhile.length = 0;
      ports.onChanges(config.id, await ports.writer.endGeneration(config.id, generation, { complete, asOf }));
      await tellDeaths();
    }
  };

  const watch = async (opened: OpenedSource, signal: AbortSignal) => {
    if (!opened.layout.watch) return;
    for await (const facts of opened.layout.watch(context, signal)) {
      if (facts.length > 0) await putFacts(null, facts);
      else if (missingIn(opened).length === 0) await ports.writer.touch(config.id, ports.now());
    }
  };

  const sweepAgainAndAgain = async (opened: OpenedSource, signal: AbortSignal) => {
    for (let sweeps = 1; !signal.aborted; sweeps += 1) {
      const begun = performance.now();
      await sweep(opened, signal);
      if (signal.aborted) return;
      retryMillis = firstRetryMillis;
      const { sweepSeconds, restSeconds = 0 } = opened.layout;
      const isWhole = !reportMissing(opened);
      setStatus({ sweepSeconds, ...(isWhole && { phase: "ready", error: null, ...(await describe(opened)) }) });
      releaseMemory();
      const usual = sweeps === 1 ? secondSweepMillis : safetySweepMillis;
      const unhurried = Math.max(usual, (performance.now() - begun) / largestSweepShare);
      const cycle = Math.max(restSeconds * 1000, sweepSeconds === null ? unhurried : sweepSeconds * 1000);
      sweepNow = new AbortController();
      await pauseFor(Math.max(0, begun + cycle - performance.now()), AbortSignal.any([signal, sweepNow.signal]));
    }
  };

  const checkPlan = async (opened: OpenedSource, signal: AbortSignal) => {
    const openedAt = performance.now();
    while (!signal.aborted) {
      await pauseFor(planCheckMillis, signal);
      if (signal.aborted) return;
      if ((await planOf(config)) !== opened.plan || (await opened.isMended())) throw new PlanChanged();
      if (await isLetInAgain(opened)) throw new PlanChanged();
      const { hints } = await describe(opened);
      if (hints.join() !== status.hints.join()) setStatus({ hints });
      // Where reading is counted, everything may not be read again for hours.
      const isWell = performance.now() - openedAt > settledMillis && missingIn(opened).length === 0;
      if (isWell && status.phase === "indexing" && status.error) setStatus({ error: null });
    }
  };

  /** Whose credentials expired is refused until they are renewed, and only a client that is opened anew reads the renewed ones. */
  const isLetInAgain = async (opened: OpenedSource) => {
    if (![...troubles.values()].some(({ code }) => code === "forbidden")) {
      isRefused = false;
      return false;
    }
    const isLetIn = await opened.canOpenAnew();
    const wasRefused = isRefused;
    isRefused = !isLetIn;
    return isLetIn && wasRefused;
  };

  const live = async (opened: OpenedSource) => {
    const stopping = new AbortController();
    const signal = AbortSignal.any([ending.signal, stopping.signal]);
    const work = [sweepAgainAndAgain(opened, signal), watch(opened, signal), checkPlan(opened, signal)];
    try {
      await Promise.all(work);
    } finally {
      stopping.abort();
      await Promise.allSettled(work);
    }
  };

  const loop = async () => {
    while (!ending.signal.aborted) {
      try {
        restMillis = 0;
        source = await openSource(config, context);
        // A failure is told until everything has been read again.
        setStatus({
          layout: source.definition.name,
          engines: enginesOf(source),
          buckets: bucketsOf(source),
          phase: source.skipped.length > 0 ? "unreachable" : "indexing",
          sweepSeconds: source.layout.sweepSeconds,
          ...(await describe(source)),
        });
        reportMissing(source);
        await live(source);
      } catch (error) {
        restMillis = retryAfterMillis(error);
        if (error instanceof PlanChanged) retryMillis = 0;
        else if (!ending.signal.aborted) reportFailure(error);
      }
      await source?.close();
      source = null;
      troubles.clear();
      await pauseFor(Math.max(retryMillis, restMillis), ending.signal);
      retryMillis = Math.min(Math.max(retryMillis * 2, firstRetryMillis), longestRetryMillis);
    }
  };

  const describe = async ({ layout, skipped }: OpenedSource) => {
    const { capabilities, hints } = await layout.describe();
    // A suggestion to add what is only out of reach would mislead.
    return { capabilities, hints: skipped.length > 0 ? [] : hints };
  };

  const missingIn = ({ skipped }: OpenedSource) => [...skipped, ...troubles.values()];

  /** True when a part cannot be opened or watched although the rest can. */
  const reportMissing = (opened: OpenedSource) => {
    const [missed] = missingIn(opened);
    if (missed) reportFailure(missed);
    return missed !== undefined;
  };

  const reportFailure = (error: unknown) => {
    const known = asAppError(error, config.label);
    if (known.code === "internal")
      context.log("warn", `${config.label}: ${known.message}`, {
        cause: String((known.cause as Error)?.stack ?? known.cause),
      });
    const since = status.error?.since ?? ports.now();
    setStatus({
      phase: "unreachable",
      error: { code: known.code, message: known.message, remedy: known.remedy, since },
    });
  };

  const running = loop();
  return {
    id: config.id,
    context,
    opened() {
      if (source) return source;
      if (status.error) throw new AppError(status.error.code, status.error.message, { remedy: status.error.remedy });
      throw new AppError("source_unavailable", `${config.label} is still being opened.`, {
        remedy: "Try again in a moment.",
      });
    },
    status: () => status,
    async retell(store, locators) {
      if (isSweeping) changedMeanwhile.push({ store, locators });
      if (source) await retellPlaces(source, { store, locators });
    },
    async close() {
      ending.abort();
      await running;
    },
  };
}

interface ChangedPlaces {
  store: string;
  locators: readonly string[];
}

class PlanChanged extends Error {}

function enginesOf(source: OpenedSource): SourceStatus["engines"] {
  return Object.entries(source.slots).flatMap(([slot, drivers]) => {
    const seen = new Map(drivers.map(({ driver }) => [driver.engine, driver]));
    return [...seen.values()].map((driver) => ({ slot, engine: driver.engine, kind: driver.kind }));
  });
}

function bucketsOf({ slots }: OpenedSource): string[] {
  const drivers = Object.values(slots).flatMap((slot) => slot.map(({ driver }) => driver));
  const names = drivers.flatMap((driver) => (driver.kind === "blob" && driver.bucket ? [driver.bucket] : []));
  return [...new Set(names)];
}

async function pauseFor(millis: number, signal: AbortSignal): Promise<void> {
  await delay(millis, undefined, { signal }).catch(() => undefined);
}
