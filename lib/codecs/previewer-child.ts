import { createBirpc } from "birpc";
import { previewArtifact } from "./preview.ts";
import type { ChildCalls, ParentCalls } from "./previewer-calls.ts";

// The process in which foreign bytes are parsed. It has no environment, may not write or start anything, and is killed at
// its deadline; its only way out is the channel to its parent, with which it ends.
const calls: ChildCalls = {
  preview: (artifact, options) =>
    previewArtifact({ ...artifact, read: (offset, length) => parent.read(offset, length) }, options),
};
const parent = createBirpc<ParentCalls, ChildCalls>(calls, {
  post: (message) => process.send?.(message, undefined, undefined, () => {}),
  on: (receive) => {
    process.on("message", receive);
  },
  timeout: -1,
});
process.on("disconnect", () => process.exit());
