import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DocumentDriver } from "../contracts/driver.ts";
import { isEngineWanted } from "../contracts/testing/engines.ts";
import { type FirestoreEmulator, startFirestoreEmulator } from "../contracts/testing/firestore-emulator.ts";
import type { PlainValue } from "../domain/values.ts";
import { openFirestoreDriver } from "../drivers/firestore/firestore-driver.ts";
import { openWriter } from "../drivers/firestore/testing/firestore-clients.ts";
import { restBetweenLooks } from "../layouts/expops/document-watch.ts";
import { expopsLayout } from "../layouts/expops/index.ts";
import { FactStore, gatherFacts } from "../layouts/expops/testing/collect-facts.ts";
import { readRecordedDocuments } from "../layouts/expops/testing/recorded-firestore.ts";
import { safetySweepMillis } from "./source-runtime.ts";

const hourMillis = 3_600_000;
/** Google closes a listener's stream now and then; one that is begun anew within half an hour costs nothing, so that this is the most. */
const renewalsPerHour = 2;

type Documents = Record<string, Record<string, PlainValue>>;

const daySeconds = 86_400;

/** The recorded project of six runs, with as many copies of its documents, each a day older, as make so many runs. */
function projectOf(runs: number): Documents {
  const recorded = Object.entries(readRecordedDocuments());
  const copies = Array.from({ length: Math.ceil(runs / 6) }, (_, copy) =>
    recorded.map(([path, fields]): [string, Documents[string]] => {
      const name = path
        .replace(/(project-wine-lab-\d+-)[0-9a-f]{4}/, `$1${String(copy).padStart(4, "0")}`)
        .replace(/(_indices\/.*)[0-9a-f]{4}$/, `$1${String(copy).padStart(4, "0")}`);
      const { last_updated: at } = fields;
      return [name, typeof at === "number" ? { ...fields, last_updated: at - copy * daySeconds } : fields];
    }),
  );
  return Object.fromEntries(copies.flat());
}

describe.skipIf(!isEngineWanted("firestore"))("reading a quiet project in Firestore", () => {
  let emulator: FirestoreEmulator;
  beforeAll(async () => {
    emulator = await startFirestoreEmulator();
  });
  afterAll(() => emulator?.stop());

  async function openProject(documents: Documents): Promise<DocumentDriver> {
    const project = emulator.newProject();
    const writer = await openWriter(emulator.host, project);
    const bulk = writer.bulkWriter();
    for (const [path, fields] of Object.entries(documents)) void bulk.set(writer.doc(path), fields);
    await bulk.close();
    await writer.terminate();
    return openFirestoreDriver({ project, emulatorHost: emulator.host, readsPerHour: 1_000_000 });
  }

  test.each([
    [6, { first: 125, sweep: 32, listener: 5, worstHour: 702 }],
    [200, { first: 4_085, sweep: 1_022, listener: 5, worstHour: 1_532 }],
  ])(
    "of %i runs stays within 5,000 documents an hour, for as many hours as it is watched",
    async (runs, counted) => {
      const driver = await openProject(projectOf(runs));
      const readBy = async (work: () => Promise<unknown>) => {
        const before = driver.budget().read;
        await work();
        return driver.budget().read - before;
      };
      const store = new FactStore();
      const layout = await expopsLayout.open({ index: [{ driver, scope: null }] }, store.context);
      const stop = new AbortController();
      const scan = () => gatherFacts(layout.scan(store.context, stop.signal), store);
      const first = await readBy(scan);
      const sweep = await readBy(scan);
      const listener = await readBy(async () => {
        for await (const _ of layout.watch?.(store.context, stop.signal) ?? []) break;
      });
      await driver.close();

      const most = 5_000;
      const looks = hourMillis / restBetweenLooks(1, most);
      // As the layout rests after a sweep that read so much, with that budget.
      const restMillis = (sweep / (0.1 * most)) * hourMillis;
      const sweeps = Math.max(1, hourMillis / Math.max(safetySweepMillis, restMillis));
      const worstHour = Math.ceil(looks + sweeps * sweep + renewalsPerHour * listener);
      expect({ first, sweep, listener, worstHour }).toEqual(counted);
      expect(worstHour).toBeLessThan(most);
    },
    180_000,
  );
});
