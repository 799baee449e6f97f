import type { CatalogReader, EntriesQuery } from "../catalog/contract.ts";
import type { Artifact, Entry } from "../domain/entry.ts";
import { type EntryFault, type OddEntries, type OrphanPayloads, type OrphanSide, sayDrift } from "../domain/orphan.ts";
import { grantOf, type Viewer } from "../domain/viewer.ts";
import type { OrphanJudgement } from "../operations/context.ts";
import type { SourceStatus } from "../sources/source-status.ts";
import type { BucketConfirmations } from "../state/bucket-confirmations.ts";
import { sayUnconfirmed } from "./bucket-questions.ts";
import { lookIn } from "./scope.ts";
import type { SourceRegistry } from "./source-questions.ts";

export interface OrphansAsked {
  side: OrphanSide;
  /** A source: the stores that it uses. */
  store?: string;
  q?: string;
  cursor?: string;
  limit: number;
}

export interface OrphanQuestions {
  orphans(viewer: Viewer, query: OrphansAsked): Promise<OddEntries | OrphanPayloads>;
}

/** What a payload may wait for the record that will name it, ms. */
const grace = 3_600_000;

export function answerOrphans(
  registry: SourceRegistry,
  reader: CatalogReader,
  confirmations: Pick<BucketConfirmations, "list">,
  now: () => number,
): OrphanQuestions {
  return {
    async orphans(viewer, { side, store, ...page }) {
      const asked = { ...page, ...(await lookIn(registry, reader, viewer, store)) };
      if (side !== "payload") {
        const odd = await reader.entries({ ...asked, ...entriesOf[side] });
        const items = odd.items.map((entry) => ({ ...entry, reason: reasons[side](entry) }));
        return { ...odd, side, items, why: [] };
      }
      const judged = await judgeOrphans(registry, reader, now, viewer);
      if ("why" in judged) {
        const none = { items: [], nextCursor: null, total: null, asOf: null, complete: false };
        return { ...none, side, why: judged.why };
      }
      const { young, ...orphans } = await reader.orphans({ ...asked, ...judged });
      const unread = await reader.unreadResults(registry.all().map(({ id }) => id));
      const items = orphans.items.map((artifact) => ({ ...artifact, reason: whyOrphan(artifact) }));
      const unconfirmed = sayUnconfirmed(registry, confirmations, asked.sources);
      return { ...orphans, side, items, why: [...unconfirmed, ...sayYoung(young), ...sayUnread(unread, viewer)] };
    },
  };
}

type EntrySide = "index" | EntryFault;

const entriesOf: Record<EntrySide, Pick<EntriesQuery, "state" | "kind" | "sort">> = {
  index: { state: ["broken"], sort: "-created" },
  size: { kind: "size", sort: "-created" },
  expiry: { kind: "expiry", sort: "due" },
};
const reasons: Record<EntrySide, (entry: Entry) => string> = { index: whyBroken, size: whyDrifted, expiry: whyExpired };

/** Payloads that no record names are orphans when they are not younger than `before`; `why`: nobody can tell now which are. */
export async function judgeOrphans(
  registry: SourceRegistry,
  reader: CatalogReader,
  now: () => number,
  viewer: Viewer,
): Promise<OrphanJudgement> {
  const unready = await sayUnready(registry.all(), reader, viewer);
  if (unready.length === 0) return { before: now() - grace };
  return { why: [...unready, "Until every source is read, no payload is called an orphan."] };
}

/** Any source may name what stands in any store: each must be within reach and read completely. */
async function sayUnready(statuses: readonly SourceStatus[], reader: CatalogReader, viewer: Viewer): Promise<string[]> {
  const said = await Promise.all(
    statuses.map(async ({ id, label, phase, error }) => {
      const isOut = phase === "unreachable" || error !== null;
      if (!isOut && phase === "ready" && (await reader.progress(id)).complete) return null;
      if (grantOf(viewer, id)?.experiments !== null) return "Not everything that may name it can be read now.";
      return isOut
        ? `${label} cannot be read: ${error?.message ?? "it is out of reach"}`
        : `${label} is still being read.`;
    }),
  );
  return [...new Set(said)].filter((sentence) => sentence !== null);
}

function sayYoung(young: number): string[] {
  if (young === 0) return [];
  const payloads = young === 1 ? "1 payload is" : `${young.toLocaleString("en")} payloads are`;
  return [`${payloads} younger than an hour and may still wait for a record: not listed yet.`];
}

/** How many of others there are is not told to who does not see them. */
function sayUnread(unread: number, viewer: Viewer): string[] {
  if (unread === 0) return [];
  if (viewer.grants !== null) return ["Some results could not be read: payloads that they may name are left out."];
  const results = unread === 1 ? "The result of 1 entry" : `The results of ${unread.toLocaleString("en")} entries`;
  return [`${results} could not be read: payloads of the same version and process are unknown, and are left out.`];
}

function whyBroken({ payloads }: Entry): string {
  const missing = payloads.filter(({ role, state }) => role === "result" && state === "missing").length;
  const what =
    missing > 1 ? `${missing} result files that this record names are` : "The result file that this record names is";
  return `${what} not stored, so the next lookup misses.`;
}

function whyDrifted({ payloads }: Entry): string {
  const drifted = payloads.filter(
    ({ bytes, bytesRecorded }) => bytes !== null && bytesRecorded !== null && bytes !== bytesRecorded,
  );
  return drifted.map(({ role, bytes, bytesRecorded }) => sayDrift(role, bytes!, bytesRecorded!)).join(" ");
}

function whyExpired({ createdAt, ttl, state }: Entry): string {
  const due = new Date(Date.parse(createdAt ?? "") + (ttl?.seconds ?? 0) * 1000).toISOString();
  const served = state === "usable" ? ", and serves it still" : "";
  return `It was to live until ${due.slice(0, 16).replace("T", " ")} UTC. Its store does not remove it${served}.`;
}

function whyOrphan({ role }: Artifact): string {
  const who = role === "result" ? "No record of any source names it" : "No result of any source refers to it";
  return `${who}, and it is older than an hour.`;
}
