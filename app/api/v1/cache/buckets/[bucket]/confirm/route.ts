import { endpoints } from "../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../handle.ts";

export const POST = handle<never, typeof endpoints.confirmBucket.body, { bucket: string }>(
  { body: endpoints.confirmBucket.body },
  ({ engine, viewer, params }) => engine.confirmBucket(viewer, params.bucket),
);
