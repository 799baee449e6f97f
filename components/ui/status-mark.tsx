import { classNames } from "./class-names.ts";

/** Every word that has a mark: statuses of runs, origins of steps, states of entries and of sources, verdicts. */
const marks = {
  completed: { shape: "✓", tone: "green", word: "completed" },
  running: { shape: "◐", tone: "blue", word: "running" },
  failed: { shape: "✕", tone: "red", word: "failed" },
  stalled: { shape: "!", tone: "amber", word: "stalled" },
  queued: { shape: "○", tone: "grey", word: "queued" },
  cancelled: { shape: "⊘", tone: "grey", word: "cancelled" },
  unknown: { shape: "?", tone: "grey", word: "unknown" },
  reused: { shape: "↺", tone: "violet", word: "reused" },
  executed: { shape: "⟳", tone: "teal", word: "executed" },
  recomputed: { shape: "⟳", tone: "teal", word: "recomputed" },
  "never-ran": { shape: "–", tone: "grey", word: "never ran" },
  absent: { shape: "–", tone: "grey", word: "absent" },
  usable: { shape: "✓", tone: "green", word: "usable" },
  "not-served": { shape: "⊘", tone: "grey", word: "not served" },
  broken: { shape: "⚡", tone: "red", word: "broken" },
  expired: { shape: "○", tone: "grey", word: "expired" },
  drifted: { shape: "≠", tone: "amber", word: "another size" },
  orphan: { shape: "◌", tone: "amber", word: "orphan" },
  present: { shape: "✓", tone: "green", word: "present" },
  missing: { shape: "⚡", tone: "red", word: "missing" },
  done: { shape: "✓", tone: "green", word: "done" },
  partial: { shape: "!", tone: "amber", word: "partly done" },
  open: { shape: "○", tone: "blue", word: "open" },
  applied: { shape: "✓", tone: "green", word: "applied" },
  withdrawn: { shape: "⊘", tone: "grey", word: "withdrawn" },
  over: { shape: "–", tone: "grey", word: "ran out" },
  held: { shape: "!", tone: "amber", word: "held back" },
  ready: { shape: "✓", tone: "green", word: "ready" },
  indexing: { shape: "◐", tone: "blue", word: "indexing" },
  unreachable: { shape: "✕", tone: "red", word: "unreachable" },
  pass: { shape: "✓", tone: "green", word: "pass" },
  warn: { shape: "!", tone: "amber", word: "warning" },
  fail: { shape: "✕", tone: "red", word: "fail" },
  skip: { shape: "–", tone: "grey", word: "skipped" },
} as const satisfies Record<string, { shape: string; tone: Tone; word: string }>;

export type Tone = "green" | "blue" | "red" | "amber" | "grey" | "violet" | "teal";
export type MarkName = keyof typeof marks;

const tones: Record<Tone, string> = {
  green: "text-green",
  blue: "text-blue",
  red: "text-red",
  amber: "text-amber",
  grey: "text-grey",
  violet: "text-violet",
  teal: "text-teal",
};
const moving: ReadonlySet<string> = new Set<MarkName>(["running", "indexing"]);

/** Shape, tone and word of a status, for charts and graphs that draw it themselves. */
export function markOf(name: string): { shape: string; tone: Tone; word: string; colour: string } {
  const mark = marks[(name in marks ? name : "unknown") as MarkName];
  return { ...mark, colour: `var(--${mark.tone})` };
}

export interface StatusMarkProps {
  name: string;
  /** True: shape only; the word stays for screen readers and in the tooltip. */
  short?: boolean;
  /** Why, on hover. */
  reason?: string;
  /** Other words in place of the usual one. */
  word?: string;
  className?: string;
}

/** A word, a shape and a colour for a status: the same wherever it is shown. */
export function StatusMark({ name, short = false, reason, word, className }: StatusMarkProps) {
  const mark = markOf(name);
  const words = word ?? mark.word;
  return (
    <span
      className={classNames("inline-flex items-center gap-1.5 whitespace-nowrap", tones[mark.tone], className)}
      data-tip={reason ?? (short ? words : undefined)}
    >
      <span
        aria-hidden
        className={classNames(
          "inline-flex w-[1em] justify-center font-semibold",
          moving.has(name) && "motion-safe:animate-turn",
        )}
      >
        {mark.shape}
      </span>
      <span className={short ? "sr-only" : undefined}>{words}</span>
    </span>
  );
}

/** A small label in a tone; not a status. */
export function Badge({ tone = "grey", tip, children }: { tone?: Tone; tip?: string; children: React.ReactNode }) {
  return (
    <span
      data-tip={tip}
      className={classNames(
        "inline-flex items-center rounded-sm border border-current/30 px-1 text-label whitespace-nowrap",
        tones[tone],
      )}
    >
      {children}
    </span>
  );
}
