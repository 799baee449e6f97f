import { readdirSync, readFileSync } from "node:fs";

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
