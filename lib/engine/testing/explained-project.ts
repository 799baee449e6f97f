import { openSampleCatalog } from "../../catalog/testing/open-catalog.ts";
import type { OpenLayout, OpenSlots } from "../../contracts/layout.ts";
import type { EntryDeath } from "../../domain/explain/evidence.ts";
import type { Viewer } from "../../domain/viewer.ts";
import { expopsLayout } from "../../layouts/expops/index.ts";
import { openMemoryContext } from "../../layouts/expops/testing/memory-context.ts";
import { openSource } from "../../sources/open-source.ts";
import { configureSources } from "../../sources/source-config.ts";
import type { SourcesApi } from "../../sources/thread-contract.ts";
import { answerExplain } from "../explain-questions.ts";
import { createSourceRegistry } from "../source-questions.ts";

/** After all recorded runs, so that a killed one counts as stalled. */
const context = { ...openMemoryContext({ now: Date.UTC(2026, 10, 27) }), trouble: () => undefined };

/** A workspace, explained. */
export async function explainProject(folder: string) {
  const [config] = configureSources([{ target: folder, id: "lab" }], "/");
  if (!config) throw new Error("no source");
  const { layout, close } = await openSource(config, context);
  return explainStored(layout, close);
}

/** Drivers with stored data, explained. */
export async function explainSlots(slots: OpenSlots) {
  return explainStored(await expopsLayout.open(slots, context), async () => undefined);
}

/** What is stored, swept into a catalog of its own, with the questions that explain its runs by their stored names. */
async function explainStored(layout: OpenLayout, close: () => Promise<void>) {
  const catalog = openSampleCatalog();
  const deaths = new Map<string, EntryDeath[]>();
  const sweep = async () => {
    const generation = await catalog.writer.beginGeneration("lab");
    for await (const facts of layout.scan(context, new AbortController().signal))
      await catalog.writer.put("lab", generation, facts);
    await catalog.writer.endGeneration("lab", generation, { complete: true, asOf: 1 });
    for (const { entryId, ...death } of await catalog.writer.takeDeaths("lab"))
      deaths.set(entryId, [death, ...(deaths.get(entryId) ?? [])]);
  };
  await sweep();
  const registry = createSourceRegistry();
  registry.update({ id: "lab" } as Parameters<typeof registry.update>[0]);
  const api = {
    readGraph: ({ runName, experimentName }) => layout.readGraph?.(context, runName, experimentName) ?? null,
    readKeys: ({ runName, experimentName }) => layout.readKeys?.(context, runName, experimentName) ?? null,
    readKeySources: (_, hash, project, processes) => layout.readKeySources?.(context, hash, project, processes) ?? null,
  } as SourcesApi;
  const questions = answerExplain(registry, catalog.reader, api, (_, entryId) => deaths.get(entryId) ?? []);
  const viewer: Viewer = { name: "local", role: "admin", grants: null };
  const idOf = async (name: string) => {
    const { items } = await catalog.reader.runs({ sources: ["lab"], scope: { experiments: null }, limit: 100 });
    return items.find((run) => run.name === name)?.id ?? name;
  };
  return {
    sweep,
    explain: async (run: string, process: string, step?: string) =>
      questions.explain(viewer, "lab", { run: await idOf(run), process, step }),
    explainRun: async (run: string) => questions.explainRun(viewer, "lab", await idOf(run)),
    countEntries: async () => (await catalog.reader.progress("lab")).entries,
    async close() {
      await catalog.dispose();
      await close();
    },
  };
}
