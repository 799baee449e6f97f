/** A process's name taken apart; `copy` is what tells one copy of a fan-out from the others (`seed=41`). */
export interface CopyName {
  base: string | null;
  copy: string | null;
}

/** Takes `train[seed=41]` apart; any other name is its own base. */
export function splitCopy(process: string | null): CopyName {
  const [, base, copy] = /^(.+)\[([^[\]]+=[^[\]]*)\]$/s.exec(process ?? "") ?? [];
  return base !== undefined && copy !== undefined ? { base, copy } : { base: process, copy: null };
}
