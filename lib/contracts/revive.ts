import type { AppError } from "../domain/errors.ts";
import type { Millis } from "../domain/values.ts";
import type { NewThing } from "./changes.ts";

/** A result file whose entry is gone, and the runs that are recorded to have made it, newest first. Names as facts told them. */
export interface LostResult {
  experimentName: string;
  runNames: readonly string[];
  process: string;
  step: string | null;
  /** From when its new life counts. */
  at: Millis;
}

/** The record that an entry gets back, and where it is to stand. */
export interface FoundRevival {
  state: "revivable";
  /** The run whose record it is. */
  runName: string;
  entryId: string;
  /** As stored, whole. */
  key: string;
  /** As a fact will tell it. */
  locator: string;
  token: string;
  store: string;
  thing: NewThing;
  /** Seconds that it lives again; `null`: it does not end here. */
  lifeSeconds: number | null;
}

/** `occupied`: another entry stands there. `refused`: something of it is not known for certain, or is in the way. `why` is a sentence. */
export type Revival = FoundRevival | { state: "occupied" | "refused"; why: string };

/**
 * `same`: equal content stands there already. `different`: another entry stands there and stays. `changed`: what it was to be made of is not as
 * the plan knew it.
 */
export type ReviveOutcome =
  | { outcome: "revived" | "same" | "different" | "changed" }
  | { outcome: "refused"; why: string }
  | { outcome: "failed" | "unknown"; failure: AppError };
