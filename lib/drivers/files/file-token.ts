import type { BigIntStats } from "node:fs";
import { isSettled } from "../is-settled.ts";

/** Told after a token that may still stand for two contents: the file was written within the clock's present tick. */
const unsettled = "~";

/** What a file keeps when it is moved, and loses when it is written. */
export function fileToken(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}

/** The same, told apart from what it is once the file has come to rest, in case that it changed within the same tick of the clock. */
export function tokenNow(stats: BigIntStats): string {
  return fileToken(stats) + (isSettled(stats.mtimeNs) ? "" : unsettled);
}

/** Whether a token stands for one content. */
export function isProof(token: string): boolean {
  return !token.endsWith(unsettled);
}
