import { execFileSync } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";
import type { Line } from "./figures.ts";

const header = ["What", "Gate", "Aim", "Measured", "", "Note"];

/** The lines as a table in Markdown, which reads well in a terminal too. */
export function writeTable(lines: readonly Line[]): string {
  const rows = lines.map(({ what, unit, gate, aim, measured, note }) => {
    const told = (figure: number | null) => (figure === null ? "–" : `${format(figure)} ${unit}`.trim());
    return [what, told(gate), told(aim), told(measured), verdict(gate, measured), note ?? ""];
  });
  const widths = header.map((_, at) => Math.max(...[header, ...rows].map((row) => row[at]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

export function isMissed({ gate, measured }: Line): boolean {
  return gate !== null && !(measured <= gate);
}

/** Where and when the figures were taken. */
export function describeMachine(): string {
  const chromium = versionOf("chromium", /Chromium ([\d.]+)/);
  const redis = versionOf("redis-server", /v=([\d.]+)/);
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()[0]!.toFixed(1);
  return [
    new Date().toISOString().slice(0, 16).replace("T", " "),
    `${cpus().length} × ${cpus()[0]?.model.trim()}, ${memory} GiB, ${process.platform}`,
    `Node ${process.versions.node}, SQLite ${process.versions.sqlite}, Redis ${redis}, Chromium ${chromium}`,
    `load ${load} at the begin`,
  ].join("; ");
}

function verdict(gate: number | null, measured: number): string {
  if (gate === null) return "";
  return measured <= gate ? "PASS" : "MISS";
}

function format(figure: number): string {
  if (!Number.isFinite(figure)) return "none";
  return figure >= 100 ? figure.toFixed(0) : figure >= 10 ? figure.toFixed(1) : figure.toFixed(2);
}

function versionOf(program: string, pattern: RegExp): string {
  try {
    const output = execFileSync(program, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return pattern.exec(output)?.[1] ?? "?";
  } catch {
    return "absent";
  }
}
