import { PickleCursor, PickleStop, type StopReason } from "./cursor.ts";
import { PickleMachine, type PickleTally } from "./machine.ts";
import type { GlobalNode, PickleValue } from "./nodes.ts";

export interface PickleLimits {
  /** Bytes looked at; what lies behind is not read. */
  bytes: number;
  opcodes: number;
}
const defaultLimits: PickleLimits = { bytes: 64 * 2 ** 20, opcodes: 1_000_000 };

export interface PickleReading {
  root: PickleValue;
  /** The highest protocol that the stream declares; 0 when it declares none. */
  protocol: number;
  opcodes: number;
  /** Every import that the stream names and how often, in the order of first sight. */
  imports: { global: GlobalNode; count: number }[];
  /** Where reading ended: one past STOP, or the place of the problem. */
  end: number;
  /** Why reading stopped early; `root` then holds what was there. */
  problem: { message: string; position: number; reason: StopReason } | null;
}

/**
 * Reads a pickle of protocols 0 to 5, or a joblib file, as data: globals, calls and builds are inert nodes, nothing is
 * imported, called or resolved, so a hostile pickle can only be wrong. Never throws for bad bytes.
 */
export function readPickle(bytes: Uint8Array, limits: Partial<PickleLimits> = {}): PickleReading {
  const bounds = { ...defaultLimits, ...limits };
  const cursor = new PickleCursor(bytes.subarray(0, bounds.bytes));
  const tally: PickleTally = { opcodes: 0, protocol: 0, imports: new Map() };
  const machine = new PickleMachine(cursor, bounds.opcodes, tally);
  let problem: PickleReading["problem"] = null;
  try {
    machine.run();
  } catch (error) {
    if (!(error instanceof PickleStop)) throw error;
    const { message, position, reason } = error;
    problem = { message, position, reason: reason === "cut" && bytes.length > bounds.bytes ? "limit" : reason };
  }
  return {
    root: machine.root,
    protocol: tally.protocol,
    opcodes: tally.opcodes,
    imports: [...tally.imports.values()],
    end: problem?.position ?? cursor.position,
    problem,
  };
}
