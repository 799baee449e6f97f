import { endpoints } from "../../../../lib/wire/endpoints.ts";
import { handle } from "../handle.ts";

export const POST = handle({ body: endpoints.seriesOfMany.body }, ({ engine, viewer, body }) => {
  const { refs, ...range } = body;
  return engine.series(
    viewer,
    refs.map((ref) => ({ ...ref, ...range })),
  );
});
