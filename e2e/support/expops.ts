import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { fixture } from "./fixtures.ts";

const requirement = "expops==0.1.27";

/**
 * The Python of an environment that holds ExpOps, made once outside the project and kept (`~/.cache/trialdeck-test`). Throws when there is no
 * Python 3.10 or newer with venv, or when the package index cannot be reached.
 */
export async function installExpops(): Promise<string> {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "trialdeck-test", requirement.replace("==", "-"));
  await promisify(execFile)("python3", [fixture("live/install.py"), folder, requirement]);
  return join(folder, "bin", "python");
}

/** A workspace of the test's own with the small project `tide-lab`, which logs a point every 100 ms. */
export interface LiveWorkspace {
  path: string;
  project: string;
  /** While watched, the run goes on logging instead of ending after twenty points. */
  watch(watched: boolean): Promise<void>;
  /** Replaces a text that stands once in a file of the project. */
  edit(file: string, from: string, to: string): Promise<void>;
  editConfig(from: string, to: string): Promise<void>;
  remove(): Promise<void>;
}

/** `backend`: the lines below `backend:` of the config; absent: SQLite. */
export async function openLiveWorkspace(backend?: string): Promise<LiveWorkspace> {
  const path = await mkdtemp(join(tmpdir(), "live-"));
  const project = join(path, "tide-lab");
  await cp(fixture("live/tide-lab"), project, { recursive: true });
  const workspace: LiveWorkspace = {
    path,
    project,
    watch: (watched) => (watched ? writeFile(watchedPath(path), "") : rm(watchedPath(path), { force: true })),
    async edit(file, from, to) {
      const text = await readFile(join(project, file), "utf8");
      if (text.split(from).length !== 2) throw new Error(`"${from}" does not stand once in ${file}`);
      await writeFile(join(project, file), text.replace(from, to));
    },
    editConfig: (from, to) => workspace.edit("configs/project_config.yaml", from, to),
    remove: () => rm(path, { recursive: true, force: true }),
  };
  if (backend) await workspace.editConfig("type: local", backend);
  return workspace;
}

export interface ToolRun {
  /** What the tool printed so far. */
  output(): string;
  /** Its exit code; the signal's name where a signal ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
  /** Ends the tool and its workers at once, as a lost machine would. */
  kill(): Promise<void>;
}

/**
 * `expops run --local <project>`, in a process group of its own. `env`: what it finds beside its own variables. Typed by a person it first asks a package
 * index for news of pip and looks whether it can be imported (`asTyped`), and then starts itself anew, as it is started here.
 */
export function runTool(
  python: string,
  workspace: Pick<LiveWorkspace, "path">,
  {
    env = {},
    asTyped = false,
    project = "tide-lab",
  }: { env?: Record<string, string>; asTyped?: boolean; project?: string } = {},
): ToolRun {
  const tool: ChildProcess = spawn(python, ["-m", "expops", "run", "--local", project], {
    cwd: workspace.path,
    env: {
      ...process.env,
      ...env,
      ...(!asTyped && { MLOPS_ENV_READY: "1" }),
      MLOPS_WORKSPACE_DIR: workspace.path,
      TIDES_WATCHED: watchedPath(workspace.path),
      TZ: "UTC",
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  tool.stdout?.on("data", (chunk: Buffer) => (output += chunk));
  tool.stderr?.on("data", (chunk: Buffer) => (output += chunk));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    tool.once("error", reject);
    tool.once("close", (code, signal) => resolve(signal ?? code));
  });
  return {
    output: () => output,
    ended,
    async kill() {
      if (tool.pid !== undefined && tool.exitCode === null && tool.signalCode === null)
        process.kill(-tool.pid, "SIGKILL");
      await ended;
    },
  };
}

function watchedPath(workspacePath: string): string {
  return join(workspacePath, "watched");
}
