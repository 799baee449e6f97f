import type { Line } from "../figures.ts";
import { startServer } from "../server.ts";
import type { Sizes } from "../sizes.ts";
import { keepResultFiles } from "../stores/files.ts";

/** Many files of results that no entry names: read, and told apart from those that are named. */
export async function measureReconcile({ files }: Sizes): Promise<Line[]> {
  const workspace = await keepResultFiles(files);
  const server = await startServer([workspace]);
  try {
    const measured = await server.untilIndexed();
    const { p99 } = await server.readDelay();
    const { total } = await server.ask<{ total: { value: number } }>("/cache/orphans?side=payload&limit=50");
    if (total.value !== files) throw new Error(`${total.value} of ${files} files are told as orphans.`);
    return [
      { what: `${files.toLocaleString("en")} files reconciled`, unit: "s", gate: 60, aim: null, measured },
      { what: "… delay of the server's main thread, p99", unit: "ms", gate: 50, aim: null, measured: p99 },
    ];
  } finally {
    await server.stop();
  }
}
