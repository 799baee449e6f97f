import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./lab/referenced_files.py", import.meta.url));

/** Files that results refer to, read by the tool's own Python. */
export async function findReferenced(
  python: string,
  modules: string,
  results: readonly string[],
): Promise<Set<string>> {
  const reader = spawn(python, [script], {
    env: { ...process.env, PYTHONPATH: modules },
    stdio: ["pipe", "pipe", "inherit"],
  });
  reader.stdin.end(results.join("\n"));
  const lines = (await text(reader.stdout)).trim().split("\n");
  if (results.length > 0 && lines.length !== results.length) throw new Error("a result could not be read");
  return new Set(lines.flatMap((line) => (line ? (JSON.parse(line) as string[]) : [])));
}
