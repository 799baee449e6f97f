"use client";
import { useState } from "react";
import { growUsual } from "./run-values.ts";

const none: readonly string[] = [];

/**
 * The usual columns of a scope. They are chosen by counts that go on changing, so those that are shown stay in their places until the
 * scope is another one (`null`: nothing is to be kept yet).
 */
export function useUsualColumns(scope: string | null, usual: readonly string[]): readonly string[] {
  const [held, setHeld] = useState({ scope, ids: none });
  const ids = scope === null ? none : growUsual(held.scope === scope ? held.ids : none, usual);
  if (ids !== held.ids || scope !== held.scope) setHeld({ scope, ids });
  return scope === null ? usual : ids;
}
