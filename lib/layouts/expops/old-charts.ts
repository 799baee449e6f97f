import type { ChartFact } from "../../domain/facts.ts";
import { artifactIdAt } from "./paths.ts";
import { mediaTypeOf } from "./payload-names.ts";
import type { ProjectPlace } from "./seams.ts";

const mostCharts = 200;
/** What the drawing script printed. */
const notDrawn = new Set(["stdout.log", "stderr.log"]);

/**
 * Charts of a run up to 0.1.9: no row names them, but each run has a folder of its own, `artifacts/charts/<run>/<chart>/<time>/<file>`.
 */
export async function readOldCharts(
  { runtimes }: ProjectPlace,
  runName: string,
  sourceId: string,
): Promise<ChartFact[]> {
  const runtime = runtimes.find(({ era }) => era === "old");
  if (!runtime || runName.includes("/")) return [];
  const below = `artifacts/charts/${runName}`;
  const prefix = runtime.folder === "" ? below : `${runtime.folder}/${below}`;
  const { items } = await runtime.driver.list({ prefix, cursor: null, limit: mostCharts });
  return items.flatMap(({ path }) => {
    const [chart = null, , ...file] = path.slice(prefix.length + 1).split("/");
    const title = file.join("/");
    if (title === "" || notDrawn.has(title)) return [];
    return [
      {
        artifactId: artifactIdAt(sourceId, path, runtime),
        process: chart,
        title,
        mediaType: mediaTypeOf(title),
        bytesRecorded: null,
        createdAt: null,
        producerRunId: null,
      },
    ];
  });
}
