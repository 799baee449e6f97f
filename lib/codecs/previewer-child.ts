import { createBirpc } from "birpc";
import { previewArtifact } from "./preview.ts";
import type { ChildCalls, ParentCalls } from "./previewer-calls.ts";

// The process in which foreign bytes are parsed. It has no environment, may not write or start anything, and is killed at
// its deadline; its only way out is the channel to its parent, with which it ends.
const calls: ChildCalls = {
  async preview(artifact, options) {
    const read = (offset: number, length: number) => parent.read(offset, length);
    const preview = await previewArtifact({ ...artifact, read }, options);
    return { preview, residentBytes: process.memoryUsage.rss() };
  },
};
const parent = createBirpc<ParentCalls, ChildCalls>(calls, {
  post: (message) => process.send?.(message, undefined, undefined, () => {}),
  on: (receive) => {
    process.on("message", receive);
  },
  timeout: -1,
});
process.on("disconnect", () => process.exit());
