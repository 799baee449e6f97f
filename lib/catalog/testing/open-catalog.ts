import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fact } from "../../domain/facts.ts";
import { openCatalogReader } from "../reader.ts";
import { openCatalogWriter } from "../writer.ts";

/** A catalog in a folder of its own; `dispose` takes it away. */
export function openSampleCatalog(now: () => number = () => 10_000) {
  const folder = mkdtempSync(join(tmpdir(), "catalog-"));
  const path = join(folder, "catalog.sqlite");
  const writer = openCatalogWriter({ path });
  const reader = openCatalogReader({ path, now });
  return {
    path,
    writer,
    reader,
    /** One complete sweep over a source that holds just these. */
    async sweep(facts: Fact[], source = "src", complete = true) {
      const generation = await writer.beginGeneration(source);
      const changes = await writer.put(source, generation, facts);
      return [...changes, ...(await writer.endGeneration(source, generation, { complete, asOf: now() }))];
    },
    async dispose() {
      await reader.close();
      await writer.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export const everything = { experiments: null };
