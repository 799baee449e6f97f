import type { OrphanSide } from "../../../lib/domain/orphan.ts";
import type { PlanIntent, PlanSelector } from "../../../lib/domain/plan.ts";

/** One way in which index and payloads do not agree, and what mends it. */
export interface ReconcileKind {
  side: OrphanSide;
  tab: string;
  title: string;
  /** What it means, and what becomes of it. */
  says: string;
  one: string;
  many: string;
  /** The button that plans the mending. */
  mend: string;
  intent: PlanIntent;
  selector: PlanSelector;
  /** Said where nothing of it is listed. */
  none: string;
}

export const reconcileKinds: readonly ReconcileKind[] = [
  {
    side: "index",
    tab: "Broken",
    title: "Records whose result is missing",
    says: "A lookup finds the record and then misses: the next run makes it anew. Taking the records out tidies the index.",
    one: "record",
    many: "records",
    mend: "Repair…",
    intent: "repair",
    selector: { state: ["broken"] },
    none: "Every record that would be served has its result.",
  },
  {
    side: "payload",
    tab: "Orphans",
    title: "Payloads that no record names",
    says: "Nothing reads them. Taking them out frees their space.",
    one: "payload",
    many: "payloads",
    mend: "Repair…",
    intent: "repair",
    selector: { state: ["orphan"] },
    none: "Every payload is named by a record, or cannot be judged.",
  },
  {
    side: "size",
    tab: "Other size",
    title: "Entries whose payload has another size than recorded",
    says: "Another run wrote over the file, so a hit gets what is not its own. Taken out with the steps of their process, the next run makes them anew.",
    one: "entry",
    many: "entries",
    mend: "Repair…",
    intent: "repair",
    selector: { kind: "size" },
    none: "What is stored has the size that results say, where they say one.",
  },
  {
    side: "expiry",
    tab: "Not expired",
    title: "Entries whose life is over",
    says: "Their store does not remove what has expired: they are served until they are taken out.",
    one: "entry",
    many: "entries",
    mend: "Take out…",
    intent: "free-space",
    selector: { kind: "expiry" },
    none: "No entry is there beyond the life that it was given.",
  },
];
