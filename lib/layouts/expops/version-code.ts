import { graphOf } from "./graph.ts";
import { withoutCopy } from "./names.ts";
import type { ConfiguredProcess, ProjectConfig } from "./project-config.ts";
import { type Definition, reachFrom, readDefinitions } from "./python-code.ts";
import type { VersionBook } from "./seams.ts";
import { configPath } from "./version-files.ts";

/** A script beyond this is not looked into. */
const largestScript = 1024 * 1024;

/** The code of one version as far as it tells what its processes do. Process names are those shown. */
export interface VersionCode {
  predecessors(process: string): string[];
  /**
   * Functions and values that a process reaches in its script and that differ in the other version, without those that ExpOps compares itself
   * (the process function, the steps it calls by name). Empty also where the code cannot be told (another script, a chart, a component).
   */
  changedFunctions(process: string, other: VersionCode): string[];
  /** `null`: the process's function was not found. */
  reach(process: string): ReadonlyMap<string, Definition> | null;
  /**
   * What the function part of its key is made of: the process function and the steps it calls by name; of a chart the whole script. `null`: not
   * found.
   */
  covered(process: string): { name: string; text: string; compared: string }[] | null;
}

const mostScripts = 100;
const knownScripts = new Map<string, Map<string, Definition>>();

/** The versions of a sweep of parameters share their scripts. */
function definitionsOf(script: string): Map<string, Definition> {
  const known = knownScripts.get(script) ?? readDefinitions(script);
  knownScripts.set(script, known);
  const [oldest] = knownScripts.keys();
  if (knownScripts.size > mostScripts && oldest !== undefined) knownScripts.delete(oldest);
  return known;
}

/** Reads a version's code by the book; `null`: no files have this hash, or its config cannot be read. */
export async function readVersionCode(book: VersionBook, hash: string, project: string): Promise<VersionCode | null> {
  const version = await book.readFiles(hash, project);
  if (!version?.config) return null;
  const scripts = version.files.filter(({ path, bytes }) => path !== configPath && bytes.length <= largestScript);
  const sources = new Map(scripts.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));
  return describeCode(version.config, sources);
}

/** `sources`: texts of the scripts by path. */
export function describeCode(config: ProjectConfig, sources: ReadonlyMap<string, string>): VersionCode {
  const { edges } = graphOf(config, true, []);
  const modules = new Map<string, Map<string, Definition>>();
  const processes = new Map(config.processes.map((process) => [process.name, process]));

  function moduleAt(path: string): Map<string, Definition> {
    const module = modules.get(path) ?? definitionsOf(sources.get(path) ?? "");
    modules.set(path, module);
    return module;
  }

  const configuredAs = (process: string) => processes.get(process) ?? processes.get(withoutCopy(process));

  function placeOf({ code, name }: ConfiguredProcess): { path: string | null; called: string } {
    const [defaultKey] = config.scripts?.keys() ?? [];
    const full = code ?? name;
    const dot = full.lastIndexOf(".");
    const path = config.scripts?.get(dot < 0 ? (defaultKey ?? "") : full.slice(0, dot)) ?? null;
    return { path, called: full.slice(dot + 1) };
  }

  function reach(process: string): ReadonlyMap<string, Definition> | null {
    const configured = configuredAs(process);
    // A chart's function hash is that of its whole script: nothing in it goes unseen.
    if (!configured || configured.isChart) return null;
    const { path, called } = placeOf(configured);
    return path ? reachFrom(called, moduleAt(path)) : null;
  }

  return {
    reach,
    covered(process) {
      const configured = configuredAs(process);
      const path = configured?.isChart ? placeOf(configured).path : null;
      const script = path === null ? undefined : sources.get(path);
      if (path !== null) return script === undefined ? null : [{ name: path, text: script, compared: script }];
      const reached = reach(process);
      const [own] = reached?.values() ?? [];
      if (!reached || !own) return null;
      return [...reached.values()]
        .filter((one) => one === own || (own.uses.has(one.name) && one.isPlainStep))
        .map(({ name, text, code }) => ({ name, text, compared: code }));
    },
    predecessors: (process) => edges.filter(({ to }) => to === process).map(({ from }) => from),
    changedFunctions(process, other) {
      const [mine, theirs] = [reach(process), other.reach(process)];
      if (!mine || !theirs) return [];
      const [own] = mine.keys();
      const isSeen = (name: string) =>
        name === own ||
        Boolean(mine.get(own ?? "")?.uses.has(name) && mine.get(name)?.isPlainStep && theirs.get(name)?.isPlainStep);
      return [...new Set([...mine.keys(), ...theirs.keys()])].filter(
        (name) => !isSeen(name) && mine.get(name)?.code !== theirs.get(name)?.code,
      );
    },
  };
}
