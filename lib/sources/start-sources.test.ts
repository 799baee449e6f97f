import { MessageChannel } from "node:worker_threads";
import { expect, it, vi } from "vitest";
import type { AppError } from "../domain/errors.ts";
import type { SourceConfig } from "./source-config.ts";
import { startSources } from "./start-sources.ts";
import type { SourcesHost } from "./thread-contract.ts";

const host: SourcesHost = {
  onStatus: async () => undefined,
  onCheckStep: async () => undefined,
  onChanges: async () => undefined,
  onLog: async () => undefined,
  listSnapshots: async () => [],
  readSnapshot: async () => null,
  findBegin: async () => null,
  noteBegin: async () => undefined,
  saveSnapshot: async () => undefined,
  listSightedRuns: async () => [],
  findPointSightings: async () => new Map(),
  noteDeaths: async () => undefined,
  savePointSightings: async () => undefined,
  keepReceipts: async () => undefined,
};

it("starts another thread when one has died, and says that it did", async () => {
  const failures: AppError[] = [];
  const deadly = [null] as unknown as SourceConfig[];
  const sources = startSources(
    deadly,
    () => new MessageChannel().port1,
    host,
    (error) => failures.push(error),
  );
  await vi.waitFor(() => expect(failures.length).toBeGreaterThanOrEqual(2), { timeout: 10_000 });
  expect(failures[0]).toMatchObject({
    code: "internal",
    cause: expect.any(Error),
    remedy: expect.stringMatching(/\S/),
  });
  await sources.close();
}, 20_000);
