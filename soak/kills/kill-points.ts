/** Where the journal, in the main thread, or a store, in the thread of the sources, has come to. */
export type Moment =
  | "before it is written down"
  | "written down"
  | "before receipts are kept"
  | "receipts kept"
  | "before the store is asked"
  | "while the store changes"
  | "store changed"
  | "before outcomes are written down"
  | "a part done"
  | "before the end is written down";

export interface KillPoint {
  kind: "invalidate" | "restore" | "purge";
  moment: Moment;
}

const at = (kind: KillPoint["kind"], ...moments: Moment[]) => moments.map((moment): KillPoint => ({ kind, moment }));

/** Every point between two things that must not come apart. */
export const killPoints: readonly KillPoint[] = [
  ...at(
    "invalidate",
    "before it is written down",
    "written down",
    "before receipts are kept",
    "receipts kept",
    "while the store changes",
    "store changed",
    "before outcomes are written down",
    "a part done",
    "before the end is written down",
  ),
  ...at("restore", "before the store is asked", "while the store changes", "store changed", "a part done"),
  ...at("purge", "while the store changes", "store changed"),
];

/** Which of a source's stores: the records, or the files that they name. */
export type Slot = "index" | "blobs";

/** What a server finds in the file that `SOAK_KILL_ORDER` names: where it is to be killed, once. */
export interface KillOrder {
  moment: Moment;
  /** At work on this store; the moments of the other one pass. */
  slot: Slot;
  /** How long after the moment, for one that lasts. */
  afterMicros: number;
}
