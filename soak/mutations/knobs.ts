import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A place of the project where a number stands, and what of the tool's keys it is in. */
interface Knob {
  /** `null`: in no key, so nothing runs again. `stale`: neither, though it changes results. */
  part: "config" | "function" | "global-config" | "data-file" | "stale" | null;
  /** Whose key, or whose results; `null`: everyone's. */
  process: string | null;
  start: number;
  step: number;
  steps: number;
}

/** A value for each knob: all that the project says. */
export type ProjectState = Readonly<Record<string, number>>;

const config = (process: string, start: number, step: number): Knob => ({
  ...{ part: "config", process, start, step, steps: 5 },
});
const number = (part: Knob["part"], process: string | null, start = 0): Knob => ({
  ...{ part, process, start, step: 1, steps: 90 },
});
const rows = 400;
/** Rows of the data, of which one may get another value. */
const cells = [3, 71, 200, 333].map((row): [string, Knob] => [`cell.${row}`, number("data-file", null)]);

export const knobs: Readonly<Record<string, Knob>> = {
  "read_swell.rows": config("read_swell", 350, 10),
  "widen.degree": config("widen", 2, 1),
  "fit_soft.alpha": config("fit_soft", 0.5, 0.125),
  "fit_hard.cut": config("fit_hard", 1.5, 0.25),
  seed: number("global-config", null, 11),
  ttl_hours: number("global-config", null, 24),
  station: number("global-config", null, 1),
  // Bodies of nested steps and of processes, and of a step beside them that goes by its own name.
  "parse.body": number("function", "read_swell"),
  "widen.body": number("function", "widen"),
  "lift.body": number("function", "widen"),
  "solve_soft.body": number("function", "fit_soft"),
  "solve_hard.body": number("function", "fit_hard"),
  "solve_hard.raises": { part: "function", process: "fit_hard", start: 0, step: 1, steps: 2 },
  "join_fits.body": number("function", "join_fits"),
  "loss_line.body": number("function", "loss_line", 120),
  // The whole script of a chart is in its key.
  "loss_line.note": number("function", "loss_line"),
  // A function, and a step that goes by another name than its function: both are in no key.
  "helper.body": number("stale", "join_fits", 1),
  "mix_rows.body": number("stale", "join_fits"),
  ...Object.fromEntries(
    ["helper", "lift", "mix_rows", "parse", "widen", "solve_soft", "solve_hard", "join_fits", "config"].map((name) => [
      `${name}.note`,
      number(null, null),
    ]),
  ),
  ...Object.fromEntries(cells),
};

export const firstState: ProjectState = Object.fromEntries(
  Object.entries(knobs).map(([name, { start }]) => [name, start]),
);

/** What comes before each process, itself included. */
export const ancestors: Readonly<Record<string, readonly string[]>> = {
  read_swell: ["read_swell"],
  widen: ["read_swell", "widen"],
  fit_soft: ["read_swell", "widen", "fit_soft"],
  fit_hard: ["read_swell", "widen", "fit_hard"],
  join_fits: ["read_swell", "widen", "fit_soft", "fit_hard", "join_fits"],
  loss_line: ["read_swell", "widen", "fit_hard", "loss_line"],
};

/** The same with another value at a knob. */
export function turn(state: ProjectState, name: string, random: () => number): ProjectState {
  const { start, step, steps } = knobs[name]!;
  const values = Array.from({ length: steps }, (_, index) => start + index * step).filter((v) => v !== state[name]);
  return { ...state, [name]: values[Math.floor(random() * values.length)]! };
}

/** Knobs that stand otherwise. */
export function findTurned(before: ProjectState, after: ProjectState): string[] {
  return Object.keys(knobs).filter((name) => before[name] !== after[name]);
}

const templates = {
  "flow.py.template": "src/flow.py",
  "pictures.py.template": "src/pictures.py",
  "project_config.yaml.template": "configs/project_config.yaml",
};
const lab = fileURLToPath(new URL("./lab", import.meta.url));

/** Writes the project so that it says what the state does. `backend`: the lines of its key store. */
export async function writeProject(project: string, state: ProjectState, backend: string): Promise<void> {
  for (const [template, path] of Object.entries(templates)) {
    const text = await readFile(join(lab, template), "utf8");
    const filled = text.replace(/@([\w.]+)@/g, (_, name: string) => (name === "backend" ? backend : `${state[name]}`));
    await writeFile(join(project, path), filled);
  }
  const lines = Array.from({ length: rows }, (_, row) => {
    const [u, v] = [Math.sin(row), Math.cos(row * 1.7)];
    const y = 0.5 * u - v * v + 0.001 * (state[`cell.${row}`] ?? 0);
    return [u, v, y].map((value) => value.toFixed(4)).join(",");
  });
  await writeFile(join(project, "data/swell.csv"), `u,v,y\n${lines.join("\n")}\n`);
}
