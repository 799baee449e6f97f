import { endpoints } from "../../../../lib/wire/endpoints.ts";
import { handle } from "../handle.ts";

export const POST = handle({ body: endpoints.seriesOfMany.body }, async ({ engine, viewer, body }) => {
  const { refs, ...range } = body;
  const items = await engine.series(
    viewer,
    refs.map((ref) => ({ ...ref, ...range })),
  );
  return { items, nextCursor: null, total: { value: items.length, exact: true }, asOf: null, complete: true };
});
