import type { CodeChange } from "../explanation.ts";

type Line = CodeChange["lines"][number];

/** Beyond this many lines of either text only the differing middle is given as removed and added. */
const mostCompared = 1_500;
const mostShown = 400;
const linesAround = 2;
/** Stands for lines left out. */
const gap: Line = { sign: " ", text: "⋯" };

/** How one text became another, by line, with a little of what stands around each change. */
export function diffLines(before: string, after: string): Pick<CodeChange, "lines" | "truncated"> {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const middle = compareMiddle(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const same = (lines: string[]): Line[] => lines.map((text) => ({ sign: " ", text }));
  const all = [...same(old.slice(0, start)), ...middle, ...same(old.slice(old.length - end))];
  const isNear = (at: number) =>
    all.slice(Math.max(0, at - linesAround), at + linesAround + 1).some(({ sign }) => sign !== " ");
  const lines = all.flatMap((line, at): Line[] => {
    if (isNear(at)) return [line];
    return at > 0 && isNear(at - 1) && all.slice(at).some((_, on) => isNear(at + on)) ? [gap] : [];
  });
  return { lines: lines.slice(0, mostShown), truncated: lines.length > mostShown };
}

/** By the longest common subsequence. */
function compareMiddle(old: readonly string[], now: readonly string[]): Line[] {
  const removed = (text: string): Line => ({ sign: "-", text });
  const added = (text: string): Line => ({ sign: "+", text });
  if (old.length > mostCompared || now.length > mostCompared) return [...old.map(removed), ...now.map(added)];
  const width = now.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      const [down, right, both] = [(i + 1) * width + j, i * width + j + 1, (i + 1) * width + j + 1];
      lengths[i * width + j] = old[i] === now[j] ? lengths[both]! + 1 : Math.max(lengths[down]!, lengths[right]!);
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const isSame = i < old.length && j < now.length && old[i] === now[j];
    const removes = j >= now.length || (i < old.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!);
    if (isSame) lines.push({ sign: " ", text: old[i]! });
    else lines.push(removes ? removed(old[i]!) : added(now[j]!));
    if (isSame || removes) i += 1;
    if (isSame || !removes) j += 1;
  }
  return lines;
}
