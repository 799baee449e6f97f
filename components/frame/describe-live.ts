import type { Source } from "../../lib/domain/source.ts";
import { type LiveState, pollSeconds } from "../../lib/queries/live.ts";
import { formatDuration, formatEvery, formatRelative } from "../ui/format.ts";
import { escapeInvisible } from "../ui/visible-text.ts";

export interface LiveWords {
  tone: "good" | "waiting" | "worn" | "bad";
  shape: string;
  text: string;
  reason: string;
}

type Freshness = Pick<Source, "label" | "status" | "asOf" | "sweepSeconds" | "error">;

/** What the top bar says of freshness: the worst news first. `now` in epoch milliseconds. */
export function describeLive(state: LiveState, sources: readonly Freshness[], now: number): LiveWords {
  if (state === "paused")
    return { tone: "worn", shape: "❚❚", text: "paused", reason: "This window does not follow changes." };
  if (state === "reconnecting") {
    return { tone: "bad", shape: "✕", text: "reconnecting", reason: "The server does not answer; trying again." };
  }
  const lost = sources.filter(({ status }) => status === "unreachable");
  if (lost.length > 0) {
    const since = lost.map(({ error }) => error?.since).find(Boolean);
    const who = lost.length === 1 ? escapeInvisible(lost[0]?.label ?? "source") : `${lost.length} sources`;
    const when = since ? ` for ${formatDuration(Math.max(1, Math.round((now - Date.parse(since)) / 1000)))}` : "";
    return {
      tone: "bad",
      shape: "✕",
      text: `${who} unreachable${when}`,
      reason: lost
        .map(({ label, error }) => `${escapeInvisible(label)}: ${error?.message ?? "unreachable"}`)
        .join("\n"),
    };
  }
  if (state === "connecting")
    return { tone: "waiting", shape: "○", text: "connecting", reason: "Waiting for the server." };
  if (state === "polling") {
    const reason = `Something on the way holds the server's messages back: everything is read again ${formatEvery(pollSeconds)}.`;
    return { tone: "worn", shape: "◐", text: formatEvery(pollSeconds), reason };
  }
  const oldest = sources.reduce<{ label: string; at: number } | null>((worst, { label, asOf }) => {
    const at = asOf ? Date.parse(asOf) : Number.NaN;
    return Number.isNaN(at) || (worst && worst.at <= at) ? worst : { label, at };
  }, null);
  if (oldest && now - oldest.at > 10_000) {
    return {
      tone: "good",
      shape: "●",
      text: `as of ${formatRelative(oldest.at, now)}`,
      reason: [`${escapeInvisible(oldest.label)} was last seen then.`, howFollowed(sources)].join("\n"),
    };
  }
  return { tone: "good", shape: "●", text: "live", reason: howFollowed(sources) };
}

/** When changes show: at once, or at the next look where a source does not tell of them. */
function howFollowed(sources: readonly Freshness[]): string {
  const swept = sources.flatMap(({ label, sweepSeconds }) =>
    sweepSeconds === null ? [] : [`${escapeInvisible(label)} is looked at ${formatEvery(sweepSeconds)}.`],
  );
  return ["Changes show as they are found.", ...swept].join("\n");
}
