/** A function, class or value defined at the top of a Python module. */
export interface Definition {
  name: string;
  /** Its code without what cannot change a result: comments, documentation, line breaks, width of indents, kind of quotes. */
  code: string;
  /** As it stands in the file, for showing. */
  text: string;
  /** Names it may take from the module. */
  uses: ReadonlySet<string>;
  /** A `@step` that goes by the function's own name. */
  isPlainStep: boolean;
}

interface Line {
  indent: number;
  tokens: string[];
  /** Where it stands in the text. */
  from: number;
  to: number;
}

/**
 * The definitions of a module, by name (the last of a name counts, as in Python). Reads tokens only, never runs anything, and takes
 * any text: what is no Python has no definitions.
 */
export function readDefinitions(source: string): Map<string, Definition> {
  const definitions = new Map<string, Definition>();
  const text = source.replace(/\r\n?/g, "\n");
  for (const lines of splitBlocks(readLines(text))) {
    const definition = describeBlock(lines, text);
    if (definition) definitions.set(definition.name, definition);
  }
  return definitions;
}

/** What a function is made of: itself and all it reaches within its module, by name. `null`: there is no such function. */
export function reachFrom(name: string, module: ReadonlyMap<string, Definition>): Map<string, Definition> | null {
  const first = module.get(name);
  if (!first) return null;
  const reached = new Map([[name, first]]);
  for (const definition of reached.values()) {
    for (const used of definition.uses) {
      const other = module.get(used);
      if (other) reached.set(used, other);
    }
  }
  return reached;
}

/** Lines that begin at the margin begin a block; decorators belong to what they stand above. */
function splitBlocks(lines: readonly Line[]): Line[][] {
  const blocks: Line[][] = [];
  let decorated = false;
  for (const line of lines) {
    const begins = line.indent === 0 && !decorated;
    if (begins || blocks.length === 0) blocks.push([]);
    blocks.at(-1)?.push(line);
    if (line.indent === 0) decorated = line.tokens[0] === "@";
  }
  return blocks;
}

function describeBlock(lines: readonly Line[], text: string): Definition | null {
  const decorators = lines
    .filter(({ indent, tokens }) => indent === 0 && tokens[0] === "@")
    .map(({ tokens }) => tokens);
  const head = lines[decorators.length]?.tokens ?? [];
  const keyword = head[0] === "async" ? head[1] : head[0];
  const name =
    keyword === "def" || keyword === "class"
      ? head[head.indexOf(keyword) + 1]
      : isAssignment(head)
        ? head[0]
        : undefined;
  if (name === undefined) return null;
  const step = decorators.find(([, decorator]) => decorator === "step");
  const given = step ? step[step.indexOf("name") + 2] : undefined;
  const isPlainStep = step !== undefined && (!step.includes("name") || given === `"${name}"`);
  const shown = text.slice(lines[0]?.from, lines.at(-1)?.to).trimEnd();
  return { name, code: writeCode(lines), text: shown, uses: namesUsed(lines), isPlainStep };
}

function isAssignment([first = "", second]: readonly string[]): boolean {
  return isName(first) && (second === "=" || second === ":");
}

function writeCode(lines: readonly Line[]): string {
  const indents = [0];
  const written: string[] = [];
  for (const { indent, tokens } of lines) {
    while (indent < (indents.at(-1) ?? 0)) indents.pop();
    if (indent > (indents.at(-1) ?? 0)) indents.push(indent);
    const isDocumentation = tokens.length === 1 && /^\w*"/.test(tokens[0] ?? "");
    if (!isDocumentation) written.push(`${indents.length - 1} ${tokens.join(" ")}`);
  }
  return written.join("\n");
}

/** Without attributes (`a.b`), names of arguments (`f(a=…)`), and what the block names itself. */
function namesUsed(lines: readonly Line[]): Set<string> {
  const used = new Set<string>();
  const own = new Set<string>();
  for (const { indent, tokens } of lines) {
    if (indent > 0 && isAssignment(tokens)) own.add(tokens[0] as string);
    for (const name of readParameters(tokens)) own.add(name);
    for (const [at, token] of tokens.entries()) {
      if (!isName(token)) continue;
      const before = tokens[at - 1] ?? "";
      if (namesNext.has(before)) own.add(token);
      else if (before !== "." && tokens[at + 1] !== "=") used.add(token);
    }
  }
  return new Set([...used].filter((name) => !own.has(name)));
}

/** Words after which Python names something of the block's own. */
const namesNext = new Set(["def", "class", "for", "as", "import", "lambda"]);

function readParameters(tokens: readonly string[]): string[] {
  const start = tokens.indexOf("def") + 2;
  if (start < 2 || start > 3 || tokens[start] !== "(") return [];
  const names: string[] = [];
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (at < start) continue;
    if (depth === 1 && isName(token) && ["(", ",", "*"].includes(tokens[at - 1] ?? "")) names.push(token);
    if ("([{".includes(token)) depth++;
    if (")]}".includes(token) && --depth === 0) break;
  }
  return names;
}

function isName(token: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(token);
}

const blank = /[ \t\f]*/y;
const word = /[\p{L}\p{N}_]+/uy;
const stringStart = /[rbuft]{0,2}("""|'''|"|')/iy;

/** Logical lines: what stands in brackets, or behind a backslash, is one line. */
function readLines(text: string): Line[] {
  const lines: Line[] = [];
  let line: Line = { indent: 0, tokens: [], from: 0, to: 0 };
  let depth = 0;
  let at = 0;
  const skip = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  const endLine = () => {
    if (line.tokens.length > 0) lines.push({ ...line, to: at });
    line = { indent: 0, tokens: [], from: 0, to: 0 };
  };
  while (at < text.length) {
    const from = at;
    const space = skip(blank);
    if (line.tokens.length === 0 && depth === 0) {
      line.indent = space.replaceAll("\t", " ".repeat(8)).length;
      line.from = from;
    }
    const next = text[at];
    if (next === undefined) break;
    stringStart.lastIndex = at;
    const quoted = stringStart.exec(text);
    if (next === "\n") {
      at++;
      if (depth === 0) endLine();
    } else if (next === "#") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (next === "\\" && text[at + 1] === "\n") {
      at += 2;
    } else if (quoted) {
      const bodyStart = at + quoted[0].length;
      const end = findStringEnd(text, bodyStart, quoted[1] as string);
      line.tokens.push(writeString(quoted[0], text.slice(bodyStart, end), quoted[1] as string));
      at = end + (quoted[1] as string).length;
    } else {
      const token = skip(word) || String.fromCodePoint(text.codePointAt(at) as number);
      if (text.startsWith(token, at)) at += token.length;
      if ("([{".includes(token)) depth++;
      if (")]}".includes(token)) depth = Math.max(0, depth - 1);
      line.tokens.push(token);
    }
  }
  endLine();
  return lines;
}

function findStringEnd(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text.startsWith(quote, at) || (quote.length === 1 && text[at] === "\n")) return at;
  }
  return text.length;
}

function writeString(opening: string, body: string, quote: string): string {
  const prefix = opening.slice(0, -quote.length).toLowerCase();
  return /["'\\\n]/.test(body) ? `${prefix}"${quote}${body}` : `${prefix}"${body}"`;
}
