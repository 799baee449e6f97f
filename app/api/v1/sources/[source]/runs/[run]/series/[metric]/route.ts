import { endpoints } from "../../../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../../../handle.ts";

export const GET = handle<typeof endpoints.series.query, never, { source: string; run: string; metric: string }>(
  { query: endpoints.series.query },
  async ({ engine, viewer, params, query }) => (await engine.series(viewer, [{ ...params, ...query }])).items[0],
);
