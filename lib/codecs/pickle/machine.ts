import { type PickleCursor, PickleStop } from "./cursor.ts";
import { isArrayWrapper, skipInlineArray } from "./joblib.ts";
import { readLiteral } from "./literals.ts";
import { type GlobalNode, isKind, isNode, makeObject, type PickleValue } from "./nodes.ts";
import { PickleStack } from "./stack.ts";

/** Far more than any data needs. Reading stops there, so that none goes unseen. */
const maxImports = 10_000;

/** Counts shared by a pickle and the pickles nested in it. */
export interface PickleTally {
  opcodes: number;
  protocol: number;
  imports: Map<string, { global: GlobalNode; count: number }>;
}

/** Python's pickle machine without its hands: stack, marks and memo as they are, every import, call and build an inert node. */
export class PickleMachine {
  readonly #cursor: PickleCursor;
  readonly #maxOpcodes: number;
  readonly #tally: PickleTally;
  readonly #nested: boolean;
  readonly #memo = new Map<number, PickleValue>();
  readonly #stack = new PickleStack((message) => this.#bad(message));
  #start = 0;

  constructor(cursor: PickleCursor, maxOpcodes: number, tally: PickleTally, nested = false) {
    this.#cursor = cursor;
    this.#maxOpcodes = maxOpcodes;
    this.#tally = tally;
    this.#nested = nested;
  }

  /** What stands on the stack: the value after STOP, or all there was where reading stopped. */
  get root(): PickleValue {
    return this.#stack.settle();
  }

  /** Runs to STOP. Throws `PickleStop` where the stream cannot be followed. */
  run(): void {
    for (;;) {
      const start = this.#cursor.position;
      this.#start = start;
      if (this.#tally.opcodes >= this.#maxOpcodes) {
        throw new PickleStop(`stopped after ${this.#maxOpcodes} opcodes at byte ${start}`, start, "limit");
      }
      if (start >= this.#cursor.length) throw new PickleStop(`ends at byte ${start} without STOP`, start, "cut");
      const opcode = String.fromCharCode(this.#cursor.byte());
      this.#tally.opcodes++;
      if (opcode === ".") break;
      const literal = readLiteral(opcode, this.#cursor);
      if (literal !== undefined) this.#stack.push(literal);
      else if (!this.#move(opcode) && !this.#collect(opcode) && !this.#refer(opcode)) {
        throw this.#bad(`unknown opcode 0x${opcode.charCodeAt(0).toString(16).padStart(2, "0")}`);
      }
    }
    this.#stack.finish();
  }

  /** Stack, memo and framing. */
  #move(opcode: string): boolean {
    switch (opcode) {
      case "\x80":
        return this.#setProtocol(this.#cursor.byte());
      case "\x95":
        this.#cursor.length64();
        return true;
      case "(":
        return this.#stack.mark();
      case "0":
        return this.#stack.drop();
      case "1":
        this.#stack.popMark();
        return true;
      case "2":
        return this.#stack.push(this.#stack.top());
      case "p":
        return this.#remember(this.#index(this.#cursor.line()));
      case "q":
        return this.#remember(this.#cursor.byte());
      case "r":
        return this.#remember(this.#cursor.uint32());
      case "\x94":
        return this.#remember(this.#memo.size);
      case "g":
        return this.#recall(this.#index(this.#cursor.line()));
      case "h":
        return this.#recall(this.#cursor.byte());
      case "j":
        return this.#recall(this.#cursor.uint32());
      default:
        return false;
    }
  }

  /** Containers. */
  #collect(opcode: string): boolean {
    switch (opcode) {
      case "]":
        return this.#stack.push({ kind: "list", items: [] });
      case "}":
        return this.#stack.push({ kind: "dict", entries: [] });
      case ")":
        return this.#stack.push({ kind: "tuple", items: [] });
      case "\x8f":
        return this.#stack.push({ kind: "set", items: [] });
      case "l":
        return this.#stack.push({ kind: "list", items: this.#stack.popMark() });
      case "t":
        return this.#stack.push({ kind: "tuple", items: this.#stack.popMark() });
      case "\x91":
        return this.#stack.push({ kind: "frozenset", items: this.#stack.popMark() });
      case "d":
        return this.#stack.push({ kind: "dict", entries: this.#pairs(this.#stack.popMark()) });
      case "\x85":
      case "\x86":
      case "\x87":
        return this.#stack.push({ kind: "tuple", items: this.#stack.popMany(opcode.charCodeAt(0) - 0x84) });
      case "a":
        return this.#extend(this.#stack.popMany(1));
      case "e":
      case "\x90":
        return this.#extend(this.#stack.popMark());
      case "s":
        return this.#assign(this.#stack.popMany(2));
      case "u":
        return this.#assign(this.#stack.popMark());
      default:
        return false;
    }
  }

  /** Everything that loading would import, call or look up. */
  #refer(opcode: string): boolean {
    switch (opcode) {
      case "c":
        return this.#stack.push(this.#name(this.#cursor.line(), this.#cursor.line()));
      case "\x93": {
        const [module, name] = this.#stack.popMany(2);
        return this.#stack.push(this.#name(module, name));
      }
      case "i": {
        const global = this.#name(this.#cursor.line(), this.#cursor.line());
        return this.#stack.push(makeObject(global, { kind: "tuple", items: this.#stack.popMark() }));
      }
      case "o": {
        const [callable, ...items] = this.#stack.popMark();
        if (callable === undefined) throw this.#bad("OBJ without a class");
        return this.#stack.push(makeObject(callable, { kind: "tuple", items }));
      }
      case "R":
      case "\x81": {
        const [callable = null, args = null] = this.#stack.popMany(2);
        return this.#stack.push(makeObject(callable, args));
      }
      case "\x92": {
        const [callable = null, ...items] = this.#stack.popMany(3);
        return this.#stack.push(makeObject(callable, { kind: "tuple", items }));
      }
      case "b":
        return this.#build();
      case "P":
        return this.#stack.push({ kind: "persistent", id: this.#cursor.line() });
      case "Q":
        return this.#stack.push({ kind: "persistent", id: this.#stack.pop() });
      case "\x82":
        return this.#stack.push({ kind: "extension", code: this.#cursor.byte() });
      case "\x83":
        return this.#stack.push({ kind: "extension", code: this.#cursor.uint16() });
      case "\x84":
        return this.#stack.push({ kind: "extension", code: this.#cursor.int32() });
      case "\x97":
        return this.#stack.push({ kind: "buffer" });
      case "\x98":
        return true;
      default:
        return false;
    }
  }

  #setProtocol(protocol: number): true {
    if (protocol > 5) throw this.#bad(`protocol ${protocol} is not known`);
    this.#tally.protocol = Math.max(this.#tally.protocol, protocol);
    return true;
  }

  #name(module: PickleValue | undefined, name: PickleValue | undefined): GlobalNode {
    const computed = typeof module !== "string" || typeof name !== "string";
    const global: GlobalNode = { kind: "global", module: spell(module), name: spell(name), computed };
    const key = `${computed}${global.module.length}:${global.module}.${global.name}`;
    const seen = this.#tally.imports.get(key);
    if (seen) {
      seen.count++;
      return seen.global;
    }
    if (this.#tally.imports.size === maxImports) {
      throw new PickleStop(`more than ${maxImports} different imports at byte ${this.#start}`, this.#start, "limit");
    }
    this.#tally.imports.set(key, { global, count: 1 });
    return global;
  }

  #build(): true {
    const state = this.#stack.pop();
    let target = this.#stack.top();
    if (!isKind(target, "object")) {
      target = makeObject(this.#stack.pop(), { kind: "tuple", items: [] });
      this.#stack.push(target);
    }
    target.states.push(state);
    if (!this.#nested && isArrayWrapper(target)) skipInlineArray(target, this.#cursor, () => this.#runNested());
    return true;
  }

  /** An array of objects: joblib writes a whole pickle there. */
  #runNested(): PickleValue {
    const machine = new PickleMachine(this.#cursor, this.#maxOpcodes, this.#tally, true);
    machine.run();
    return machine.root;
  }

  #extend(items: PickleValue[]): true {
    const target = this.#stack.top();
    if (!isNode(target) || !("items" in target)) throw this.#bad("items added to what is no list or set");
    for (const item of items) target.items.push(item);
    return true;
  }

  #assign(items: PickleValue[]): true {
    const target = this.#stack.top();
    if (!isNode(target) || !("entries" in target)) throw this.#bad("members set on what is no dict");
    for (const entry of this.#pairs(items)) target.entries.push(entry);
    return true;
  }

  #pairs(items: PickleValue[]): [PickleValue, PickleValue][] {
    if (items.length % 2 === 1) throw this.#bad("a key without a value");
    return Array.from({ length: items.length / 2 }, (_, at) => [
      items[at * 2] as PickleValue,
      items[at * 2 + 1] as PickleValue,
    ]);
  }

  #index(line: string): number {
    if (!/^\d{1,10}$/.test(line.trim())) throw this.#bad("a memo index that is no number");
    return Number(line);
  }

  #remember(index: number): true {
    this.#memo.set(index, this.#stack.top());
    return true;
  }

  #recall(index: number): true {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#bad(`memo ${index} was never set`);
    return this.#stack.push(value);
  }

  #bad(message: string): PickleStop {
    return new PickleStop(`${message} at byte ${this.#start}`, this.#start);
  }
}

function spell(value: PickleValue | undefined): string {
  return typeof value === "string" ? value : "?";
}
