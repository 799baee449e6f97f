import { parseArgs } from "node:util";
import { AppError } from "../domain/errors.ts";

export interface CommandLine {
  command: "serve" | "demo" | "why" | "doctor" | "schema" | "audit-verify" | "token" | "help" | "version";
  targets: string[];
  /** What `why` asks about; `null` with any other command. */
  why: WhyAsked | null;
  /** The answer of the API instead of words. */
  json: boolean;
  port: number | null;
  host: string;
  config: string | null;
  readOnly: boolean;
  open: boolean;
  dev: boolean;
}

export interface WhyAsked {
  /** Name, id, or how its name ends; `null`: the latest. */
  run: string | null;
  process: string | null;
  step: string | null;
  json: boolean;
}

export const usage = `trialdeck [serve] [TARGET…] [--port N] [--host H] [--config FILE] [--read-only] [--no-open]
trialdeck why TARGET [RUN [PROCESS [STEP]]] [--json]
                          say why a run (the latest), a process or a step was computed, or whose result it reused
trialdeck doctor [TARGET…] [--json]
                          look at each source stage by stage, and say what mends a failure; exit code 1 when one failed
trialdeck token NAME      make a token for someone, and the line of the settings file that lets it in
trialdeck demo            open the bundled project
trialdeck schema          print the JSON schema of trialdeck.config.yaml, for editors
trialdeck audit verify    see that no record of the audit was altered or taken out
trialdeck --help | --version

TARGET is a folder (an ExpOps workspace, or one project in it), sqlite:FILE, redis://[user:password@]host[:port][/db] or rediss://…;
parts of one source are joined with +: redis://localhost:6379/0+./workspace
Nothing given: trialdeck.config.yaml up the tree, then an ExpOps workspace up the tree, then the bundled project.

  -p, --port N    listen there; otherwise on 3000 or the next free port (PORT)
  --host H        listen on another address than 127.0.0.1; refused without TRIALDECK_TOKEN or access: in the settings file
  --config FILE   read the sources and settings from there (TRIALDECK_CONFIG)
  --read-only     mark every source as read-only
  --no-open       do not open a browser
  --json          with why and doctor: the answer of the API instead of words
  -h, --help      this text
  -v, --version   the version

  TRIALDECK_TOKEN       the token for scripts and for signing in; otherwise the file "token" in the state folder
  TRIALDECK_INVALIDATION  off, plan or on: whether cache entries may be taken out; on by itself on 127.0.0.1, else plan
  TRIALDECK_CONFIG_EDIT  1: admins may try and write sources on the Config page
  TRIALDECK_STATE_DIR   the state folder, catalog included; otherwise $XDG_STATE_HOME/trialdeck (~/.local/state/trialdeck)
                        and $XDG_CACHE_HOME/trialdeck (~/.cache/trialdeck)
  TRIALDECK_PRICE_PER_GIB  what keeping a GiB for a month costs, for the ledger

More: docs/command-line.md`;

const options = {
  port: { type: "string", short: "p" },
  host: { type: "string" },
  config: { type: "string" },
  "read-only": { type: "boolean" },
  "no-open": { type: "boolean" },
  dev: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

/** The first word, where it is no target. */
const commands = {
  serve: "serve",
  demo: "demo",
  why: "why",
  doctor: "doctor",
  schema: "schema",
  audit: "audit-verify",
  token: "token",
} as const;
type Named = keyof typeof commands;

/** Reads the arguments after the program's name. Throws `bad_request` with the usage as remedy. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const { values, positionals } = parseWords(words);
  const [first, ...rest] = positionals;
  if (first === "audit" && (rest.length !== 1 || rest[0] !== "verify"))
    throw misuse("`trialdeck audit` takes the word verify");
  if (first === "token" && rest.length !== 1) throw misuse("`trialdeck token` takes the name of who is to use it");
  const named = first !== undefined && Object.hasOwn(commands, first);
  const command = values.help ? "help" : values.version ? "version" : named ? commands[first as Named] : "serve";
  const why = command === "why" ? readWhy(rest, values.json ?? false) : null;
  if (values.json && !why && command !== "doctor")
    throw misuse("--json goes with `trialdeck why` and `trialdeck doctor`");
  const targets = why ? rest.slice(0, 1) : first === "audit" ? [] : named ? rest : positionals;
  if ((command === "demo" || command === "schema") && targets.length > 0)
    throw misuse(`\`trialdeck ${command}\` takes no target`);
  return {
    command,
    targets,
    why,
    json: values.json ?? false,
    port: values.port === undefined ? null : parsePort(values.port),
    host: values.host ?? "127.0.0.1",
    config: values.config ?? null,
    readOnly: values["read-only"] ?? false,
    open: !(values["no-open"] ?? false),
    dev: values.dev ?? false,
  };
}

function readWhy([target, run, process, step, ...more]: string[], json: boolean): WhyAsked {
  if (target === undefined) throw misuse("`trialdeck why` takes a target");
  if (more.length > 0) throw misuse("`trialdeck why` takes a target, a run, a process and a step, no more");
  return { run: run ?? null, process: process ?? null, step: step ?? null, json };
}

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (cause) {
    throw misuse(cause instanceof Error ? cause.message : "arguments not understood", cause);
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw misuse(`--port takes a number from 0 to 65535, not "${text}"`);
}

function misuse(message: string, cause?: unknown): AppError {
  return new AppError("bad_request", message, { remedy: usage, cause });
}
