import { openCatalogWriter } from "../writer.ts";
import { factOf, sampleEntry, sampleRun, sampleUse } from "./sample-facts.ts";

/** Writes batches until it is killed: ten runs and the ten entries that they made. */
const writer = openCatalogWriter({ path: process.argv[2]! });
process.stdout.write("begun\n");
for (let batch = 0; ; batch += 1) {
  const ids = Array.from({ length: 10 }, (_, index) => `${process.pid}-${batch}-${index}`);
  const runs = ids.map((id) =>
    factOf.run(sampleRun(`run-${id}`, { params: { id }, steps: [sampleUse("train", { entry: { id } })] })),
  );
  await writer.put("src", null, [...runs, ...ids.map((id) => factOf.entry(sampleEntry(id)))]);
}
