import { endpoints } from "../../../../../../../lib/wire/endpoints.ts";
import { handle } from "../../../../handle.ts";

export const POST = handle<never, typeof endpoints.revokeBucket.body, { bucket: string }>(
  { body: endpoints.revokeBucket.body },
  ({ engine, viewer, params }) => engine.revokeBucket(viewer, params.bucket),
);
