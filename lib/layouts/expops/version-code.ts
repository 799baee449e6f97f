import { graphOf } from "./graph.ts";
import type { ProjectConfig } from "./project-config.ts";
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

  function reach(process: string): ReadonlyMap<string, Definition> | null {
    const configured = processes.get(process) ?? processes.get(process.replace(/\[[^[\]]*\]$/, ""));
    // A chart's function hash is that of its whole script: nothing in it goes unseen.
    if (!configured || configured.isChart) return null;
    const [defaultKey] = config.scripts?.keys() ?? [];
    const code = configured.code ?? configured.name;
    const dot = code.lastIndexOf(".");
    const path = config.scripts?.get(dot < 0 ? (defaultKey ?? "") : code.slice(0, dot));
    return path ? reachFrom(code.slice(dot + 1), moduleAt(path)) : null;
  }

  return {
    reach,
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
