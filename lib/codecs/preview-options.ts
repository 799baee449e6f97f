import type { PayloadMarkers } from "./pickle/references.ts";

export interface PreviewOptions {
  /** The first row, element or byte of text to give. */
  offset: number;
  /** Most rows, elements of each array or lines of text to give. */
  limit: number;
  /** How the system that wrote the artifact marks references in its pickles; without it none are looked for. */
  markers?: PayloadMarkers;
}
