import { findTurned, firstState, knobs, type ProjectState, turn } from "./knobs.ts";

/** What is done to an entry behind the tool's back. */
export type Loss = "removed" | "payload-gone" | "expired";

/** What is done before a run, and to it. */
export interface Mutation {
  /** In a few words, for who has to see it again. */
  what: string;
  state: ProjectState;
  /** Processes whose last result is lost, and how. */
  losses: { process: string; how: Loss }[];
  /** The run is ended so long after its begin, ms, as a lost machine would. */
  killAfter: number | null;
}

const pick = <Item>(random: () => number, items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
const raises = "solve_hard.raises";
const named = (part: string | null) =>
  Object.keys(knobs).filter((name) => name !== raises && (knobs[name]?.part ?? null) === part);
const sorts = {
  param: named("config"),
  code: named("function"),
  stale: named("stale"),
  comment: named(null),
  data: named("data-file"),
  shared: named("global-config"),
};
const processes = ["read_swell", "widen", "fit_soft", "fit_hard", "join_fits", "loss_line"];

/** How often each comes, of a hundred or so. */
const weights: [kind: keyof typeof sorts | "nothing" | "two" | "back" | "lost" | "killed" | "fails", weight: number][] =
  [
    ["param", 16],
    ["code", 18],
    ["stale", 7],
    ["comment", 8],
    ["data", 6],
    ["shared", 8],
    ["nothing", 4],
    ["two", 10],
    ["back", 8],
    ["lost", 18],
    ["killed", 6],
    ["fails", 4],
  ];

/** What comes before the next run: of the present state, of earlier ones, and of what may be done on this engine. */
export function mutate(random: () => number, past: readonly ProjectState[], losses: readonly Loss[]): Mutation {
  const present = past.at(-1);
  const plain = (state: ProjectState, what: string): Mutation => ({ what, state, losses: [], killAfter: null });
  if (!present) return plain(firstState, "first");
  // What made a run fail is mended before the next one.
  if (present[raises]) return plain({ ...present, [raises]: 0 }, "mended");
  const turned = (state: ProjectState, what: string) =>
    plain(state, `${what}: ${findTurned(present, state).join(", ")}`);
  const kind = pickWeighted(random);
  switch (kind) {
    case "nothing":
      return plain(present, kind);
    case "two": {
      const some = [...sorts.param, ...sorts.code, ...sorts.data, ...sorts.shared];
      return turned(turn(turn(present, pick(random, some), random), pick(random, some), random), kind);
    }
    case "back":
      return turned({ ...pick(random, past), [raises]: 0 }, kind);
    case "lost": {
      const process = pick(random, processes);
      const how = pick(random, losses);
      const also = random() < 0.3 ? turn(present, pick(random, sorts.param), random) : present;
      return { ...plain(also, `${process} ${how}, ${findTurned(present, also)}`), losses: [{ process, how }] };
    }
    case "killed":
      return {
        ...turned(turn(present, pick(random, [...sorts.param, ...sorts.code]), random), kind),
        killAfter: 2_000 + Math.floor(random() * 3_000),
      };
    case "fails":
      return turned({ ...present, [raises]: 1 }, kind);
    default:
      return turned(turn(present, pick(random, sorts[kind]), random), kind);
  }
}

function pickWeighted(random: () => number): (typeof weights)[number][0] {
  let left = random() * weights.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of weights) {
    left -= weight;
    if (left < 0) return kind;
  }
  return "nothing";
}
