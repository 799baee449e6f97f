import type { SourceCheck } from "../../lib/domain/check.ts";

/** A check as text, for pasting into a ticket. Steps hold no secret, so the text holds none. */
export function describeReport({ label }: { label: string }, { verdict, steps }: SourceCheck): string {
  const lines = steps.map(({ slot, stage, verdict: one, message, remedy }) =>
    [
      `${one.padEnd(4)}  ${stage.padEnd(6)}  ${slot}: ${message}`,
      ...(remedy && one !== "pass" ? [`        ${remedy}`] : []),
    ].join("\n"),
  );
  return [`${label}: ${verdict}`, ...lines].join("\n");
}
