import type { Preview } from "../domain/preview.ts";
import type { ArtifactHead } from "./preview.ts";
import type { PreviewOptions } from "./preview-options.ts";

/** What the child answers. */
export interface ChildCalls {
  /** `residentBytes` is what the process holds of the machine's memory after it. */
  preview(artifact: ArtifactHead, options: PreviewOptions): Promise<{ preview: Preview; residentBytes: number }>;
}

/** What the parent answers: the bytes of the artifact that the child is at work on. */
export interface ParentCalls {
  read(offset: number, length: number): Promise<Uint8Array>;
}
