import type { ArtifactFact, EntryFact, Fact, MetricFact, RunFact, StepUseFact } from "../../domain/facts.ts";

/** A run with nothing on it but what a test says. */
export function sampleRun(id: string, said: Partial<RunFact> = {}): RunFact {
  return {
    id,
    name: id,
    experimentId: "exp",
    status: "completed",
    startedAt: 1000,
    endedAt: 3000,
    lastActivityAt: null,
    params: {},
    paramsOrigin: "recorded",
    tags: {},
    version: null,
    steps: [],
    metrics: [],
    charts: [],
    warnings: [],
    token: `token-${id}`,
    ...said,
  };
}

export function sampleMetric(name: string, said: Partial<MetricFact> = {}): MetricFact {
  const last = said.last === undefined ? 1 : said.last;
  return {
    id: `m-${name}`,
    name,
    process: "train",
    step: null,
    kind: "series",
    xAxes: ["step"],
    producerRunId: null,
    count: 1,
    firstStep: 0,
    lastStep: 0,
    last,
    min: Number.isFinite(last) ? last : null,
    max: Number.isFinite(last) ? last : null,
    nonFinite: 0,
    ...said,
  };
}

export function sampleUse(process: string, said: Partial<StepUseFact> = {}): StepUseFact {
  return {
    process,
    step: null,
    origin: "executed",
    startedAt: null,
    endedAt: null,
    executionSeconds: 2,
    producer: null,
    entry: null,
    ...said,
  };
}

export function sampleEntry(id: string, said: Partial<EntryFact> = {}): EntryFact {
  return {
    id,
    experimentId: "exp",
    key: `key:${id}`,
    scope: "process",
    process: "train",
    step: null,
    keyParts: [],
    status: "completed",
    state: "usable",
    version: null,
    producerRunId: null,
    createdAt: 1000,
    executionSeconds: 10,
    expiresAt: null,
    ttl: null,
    payloads: [],
    payloadsComplete: true,
    warnings: [],
    locator: `at ${id}`,
    token: `token-${id}`,
    ...said,
  };
}

export function sampleArtifact(id: string, said: Partial<ArtifactFact> = {}): ArtifactFact {
  return {
    id,
    experimentId: "exp",
    name: `cache/${id}.pkl`,
    bytes: 100,
    modifiedAt: 1000,
    mediaType: "application/octet-stream",
    role: "result",
    process: "train",
    step: null,
    keyParts: [],
    version: null,
    address: `store/cache/${id}.pkl`,
    locator: `file ${id}`,
    token: `token-${id}`,
    ...said,
  };
}

export const factOf = {
  run: (run: RunFact): Fact => ({ kind: "run", run }),
  entry: (entry: EntryFact): Fact => ({ kind: "entry", entry }),
  artifact: (artifact: ArtifactFact): Fact => ({ kind: "artifact", artifact }),
};
