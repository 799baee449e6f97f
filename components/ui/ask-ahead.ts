import { preload } from "react-dom";

/**
 * Questions that the page will ask first (their `meta.address`): while it is rendered on the server the browser is told to ask them along with the
 * code of the page, not after it.
 */
export function askAhead(...questions: readonly { meta?: Record<string, unknown> | undefined }[]): void {
  if (typeof window !== "undefined") return;
  for (const { meta } of questions) preload(String(meta?.address), { as: "fetch", crossOrigin: "anonymous" });
}
