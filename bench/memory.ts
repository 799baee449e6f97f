import { readdirSync, readFileSync } from "node:fs";
import { median } from "./figures.ts";

export interface Memory {
  /** Resident memory of the process with all its threads, MiB. */
  rss: number;
  /** Its child processes, by command. */
  children: string[];
}

/** Memory of a process as the kernel counts it. */
export function readMemory(pid: number): Memory {
  return {
    rss: rssOf(pid),
    children: readChildren(pid).map((child) => `${commandOf(child)} ${rssOf(child).toFixed(0)} MiB`),
  };
}

/** Memory after work: the median of 30 s in which nothing is asked, since a sweep may fall into them; `highest` of them too. */
export async function watchMemory(pid: number): Promise<Memory & { highest: number }> {
  const readings: Memory[] = [];
  for (let second = 0; second < 30; second += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    readings.push(readMemory(pid));
  }
  const sizes = readings.map(({ rss }) => rss);
  return { rss: median(sizes), highest: Math.max(...sizes), children: readings.at(-1)!.children };
}

function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
}

/** Process ids of its direct children. */
export function readChildren(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
}

function commandOf(pid: number): string {
  const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean);
  return (
    words
      .findLast((word) => !word.startsWith("-"))
      ?.split("/")
      .at(-1) ?? "?"
  );
}
