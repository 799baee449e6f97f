import { type Check, type CheckFinding, passed, skipped, warned } from "../../contracts/check.ts";
import type { LayoutContext, OpenLayout, OpenSlots } from "../../contracts/layout.ts";
import type { EntryFact } from "../../domain/facts.ts";
import { decodeStep } from "./decode.ts";
import { redisPrefix } from "./keys.ts";
import { openExpops } from "./open-layout.ts";
import { experimentIdOf, placeFile } from "./paths.ts";
import { openPlaces } from "./places.ts";

/** So many entries are followed to their results, the newest first. */
const mostFollowed = 20;
const longestScanMillis = 3_000;
const keepKeys = `experiment:
  cache:
    backend:
      type: local`;

interface Sample {
  projects: string[];
  runs: number;
  entries: EntryFact[];
}

/** What of the tool's data is there, whether its index leads to its results, and what breaks the promise of a cache. */
export function checkExpops(slots: OpenSlots, context: LayoutContext): Check[] {
  const places = openPlaces(slots);
  let layout: OpenLayout;
  let sample: Sample = { projects: [], runs: 0, entries: [] };

  async function checkProjects(): Promise<CheckFinding> {
    layout = await openExpops(slots, context);
    sample = await readSample(layout, context);
    const { projects, runs } = sample;
    if (projects.length === 0)
      return warned(
        `Nothing of ExpOps was found: no keys below ${redisPrefix}, no rows, no documents, no project's folder`,
        "Run the project once, or correct the database, the prefix or the folder.",
      );
    const named = projects.slice(0, 3).join(", ") + (projects.length > 3 ? ` and ${projects.length - 3} more` : "");
    return passed(`${named}: ${runs === 1 ? "1 run" : `${runs} runs`} looked at`);
  }

  async function checkResults(): Promise<CheckFinding> {
    if (!slots.index?.length) return skipped("There is no index that would name results");
    if (!slots.blobs?.length) return skipped("Neither folder nor bucket is connected, so results cannot be looked for");
    const served = sample.entries.filter(({ payloads }) => payloads.length > 0).slice(0, mostFollowed);
    if (served.length === 0) return skipped("No entry with a result was met");
    const found = await Promise.all(served.map((entry) => hasResult(entry)));
    const there = found.filter((state) => state === "there").length;
    const elsewhere = found.filter((state) => state === "elsewhere").length;
    const told = `${there} of ${served.length} newest entries have their result`;
    if (there === served.length) return passed(told);
    if (elsewhere > 0)
      return warned(
        `${told}; ${elsewhere} lead to a place that is not connected`,
        "Add the folder or the bucket that holds the results: …+/path/to/workspace or …+gs://bucket.",
      );
    return warned(`${told}: the others are computed again`, "Cache ▸ Reconcile lists the broken entries.");
  }

  async function hasResult(entry: EntryFact): Promise<"there" | "missing" | "elsewhere"> {
    const raw = await layout.readRawEntry(context, entry.locator);
    const { resultPath } = decodeStep(JSON.stringify(raw)).value;
    const project = sample.projects.find((name) => experimentIdOf(context.sourceId, name) === entry.experimentId)!;
    const file = resultPath === null ? null : placeFile(resultPath, await places.of(project));
    if (!file) return "elsewhere";
    return (await file.runtime.driver.stat(file.path)) ? "there" : "missing";
  }

  return [
    { id: "expops.projects", stage: "data", look: checkProjects },
    { id: "expops.results", stage: "data", look: checkResults },
    { id: "expops.index", stage: "fit", look: async () => checkIndex(slots) },
    {
      id: "expops.expiry",
      stage: "fit",
      async look() {
        const { ttl } = sample.entries.find((entry) => entry.ttl !== null) ?? {};
        if (!ttl) return passed("No entry met has a life that ends");
        if (ttl.enforced) return passed("The store itself removes entries whose life is over");
        return warned(
          "The config gives entries a life, and this store does not obey it: they are served for ever",
          "Remove what is older with a policy (Cache ▸ Ledger), or take ttl_hours out of the config.",
        );
      },
    },
    {
      id: "expops.hints",
      stage: "fit",
      async look() {
        const { hints } = await layout.describe();
        const [first] = hints;
        return first === undefined
          ? passed("Everything that can be shown of it is connected")
          : warned("More could be shown", hints.join("\n"));
      },
    },
  ];
}

function checkIndex({ index, blobs }: OpenSlots): CheckFinding {
  if (index?.length) return passed("The keys of results are kept, so that later runs can reuse them");
  if (!blobs?.length) return skipped("Nothing is connected");
  return warned("The index is in memory: nothing can be reused by a later run", keepKeys);
}

/** What the first batches tell, newest first where the engine allows. */
async function readSample(layout: OpenLayout, context: LayoutContext): Promise<Sample> {
  const ending = AbortSignal.timeout(longestScanMillis);
  const projects = new Set<string>();
  const runs = new Set<string>();
  const entries: EntryFact[] = [];
  for await (const facts of layout.scan(context, ending)) {
    for (const fact of facts) {
      if (fact.kind === "experiment") projects.add(fact.name);
      else if (fact.kind === "run") runs.add(fact.run.id);
      else if (fact.kind === "entry") entries.push(fact.entry);
    }
    if (ending.aborted || entries.length > 200) break;
  }
  return { projects: [...projects], runs: runs.size, entries };
}
