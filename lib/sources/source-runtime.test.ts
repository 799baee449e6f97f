import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { configureSources } from "./source-config.ts";
import { runSource, type SourcePorts } from "./source-runtime.ts";
import type { SourceStatus } from "./source-status.ts";

/** What a source needs of the house, kept nowhere. */
function portsFor(onStatus: SourcePorts["onStatus"]): SourcePorts {
  return {
    writer: {
      beginGeneration: async () => 1,
      put: async () => [],
      endGeneration: async () => [],
      touch: async () => {},
      takeDeaths: async () => [],
    },
    contextOf: ({ id }) => ({
      sourceId: id,
      options: {},
      now: Date.now,
      known: async () => new Map(),
      longestExecutions: async () => new Map(),
      snapshots: { list: async () => [], read: async () => null, save: async () => undefined },
      pointSightings: { runs: async () => [], find: async () => new Map(), save: async () => undefined },
      begins: { find: async () => null, note: async () => undefined },
      memo: { get: async () => new Map(), set: async () => undefined },
      log: () => undefined,
    }),
    onStatus,
    onChanges: () => undefined,
    onDeaths: async () => undefined,
    now: Date.now,
  };
}

test("a store that answers Retry-After is left alone so long, and says so", async () => {
  const askedAt: number[] = [];
  const store = createServer((_request, answer) => {
    askedAt.push(performance.now());
    answer.writeHead(503, { "content-type": "application/json", "retry-after": "2" });
    answer.end(JSON.stringify({ error: { code: 503, message: "Backend Error" } }));
  }).listen(0, "127.0.0.1");
  await once(store, "listening");
  vi.stubEnv("STORAGE_EMULATOR_HOST", `http://127.0.0.1:${(store.address() as AddressInfo).port}`);
  const statuses: SourceStatus[] = [];
  const [config] = configureSources([{ target: "gs://busy-bucket" }], "/");
  const source = runSource(
    config!,
    portsFor((status) => statuses.push(status)),
  );
  onTestFinished(async () => {
    await source.close();
    store.close();
  });
  await vi.waitFor(() => expect(askedAt).toHaveLength(2), 10_000);
  expect(askedAt[1]! - askedAt[0]!).toBeGreaterThanOrEqual(1_950);
  expect(statuses.at(-1)).toMatchObject({
    phase: "unreachable",
    error: { code: "source_unavailable", remedy: expect.stringMatching(/^Wait 2 s;/) },
  });
});
