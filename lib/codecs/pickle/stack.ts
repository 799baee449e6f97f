import type { PickleStop } from "./cursor.ts";
import { isKind, isNode, type PickleValue } from "./nodes.ts";

/** Python's stack of a pickle with its marks. What cannot be done is thrown as `bad` makes it. */
export class PickleStack {
  /** The stacks under each open MARK, outermost first. */
  #below: PickleValue[][] = [];
  #values: PickleValue[] = [];
  readonly #bad: (message: string) => PickleStop;

  constructor(bad: (message: string) => PickleStop) {
    this.#bad = bad;
  }

  push(value: PickleValue): true {
    this.#values.push(value);
    return true;
  }

  top(): PickleValue {
    const value = this.#values.at(-1);
    if (value === undefined) throw this.#bad("the stack is empty");
    return value;
  }

  pop(): PickleValue {
    const value = this.top();
    this.#values.pop();
    return value;
  }

  popMany(count: number): PickleValue[] {
    if (this.#values.length < count) throw this.#bad("the stack is empty");
    return this.#values.splice(this.#values.length - count);
  }

  mark(): true {
    this.#below.push(this.#values);
    this.#values = [];
    return true;
  }

  /** Everything above the last mark, and the mark. */
  popMark(): PickleValue[] {
    const below = this.#below.pop();
    if (below === undefined) throw this.#bad("no mark is open");
    const items = this.#values;
    this.#values = below;
    return items;
  }

  /** Drops the top value, or the mark that is in its place. */
  drop(): true {
    if (this.#values.length > 0) this.#values.pop();
    else this.popMark();
    return true;
  }

  /** At STOP: the top value is the result, whatever lies under it. */
  finish(): void {
    this.#values = [this.pop()];
    this.#below = [];
  }

  /** All there is, as one value. */
  settle(): PickleValue {
    return settleStack(this.#below, this.#values);
  }
}

/**
 * Folds an unfinished stack into one value, so that what was read before a cut can be shown: pending items go into the
 * container under their mark, a pending value into the dict or object that waits for it.
 */
function settleStack(below: PickleValue[][], stack: PickleValue[]): PickleValue {
  let current = stack;
  for (const lower of below.toReversed()) {
    const pending = fold(current, false);
    const target = lower.at(-1);
    current = absorbed(target, pending) ? lower : [...lower, { kind: "tuple", items: pending }];
  }
  return fold(current, true)[0] ?? null;
}

function absorbed(target: PickleValue | undefined, items: PickleValue[]): boolean {
  if (!isNode(target)) return false;
  if (target.kind === "list" || target.kind === "set") {
    for (const item of items) target.items.push(item);
    return true;
  }
  if (target.kind === "dict" || (target.kind === "object" && items.length > 0)) {
    for (let at = 0; at + 1 < items.length; at += 2)
      target.entries.push([items[at] as PickleValue, items[at + 1] as PickleValue]);
    return true;
  }
  return false;
}

/** Folds from the top: `whole` until one value is left, otherwise only what clearly belongs together. */
function fold(stack: PickleValue[], whole: boolean): PickleValue[] {
  const values = [...stack];
  while (values.length > 1) {
    const top = values.pop() as PickleValue;
    const under = values.at(-1);
    const base = values.at(-2);
    if (isKind(under, "list") || isKind(under, "set")) under.items.push(top);
    else if (isKind(under, "object") && under.states.length === 0) under.states.push(top);
    else if (isKind(base, "dict")) base.entries.push([values.pop() as PickleValue, top]);
    else if (!whole) return [...values, top];
    else if (!isKind(under, "dict")) values.push({ kind: "tuple", items: [values.pop() as PickleValue, top] });
  }
  return values;
}
