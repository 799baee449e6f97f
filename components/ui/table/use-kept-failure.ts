"use client";
import { useState } from "react";
import type { Failure } from "../states.tsx";

/**
 * The failure to get further rows, until the reader wants to try again (`forget`) or the rows became others. It outlasts a change of loaded
 * rows, after which the answer no longer tells it.
 */
export function useKeptFailure(told: Failure | null, rows: number): { kept: Failure | null; forget(): void } {
  const [state, setState] = useState({ told, kept: told, rows });
  if (told !== state.told || rows !== state.rows) {
    setState({ told, rows, kept: told ?? (rows === state.rows ? state.kept : null) });
  }
  return { kept: state.kept, forget: () => setState((current) => ({ ...current, kept: null })) };
}
