import type { MetricFact } from "../domain/facts.ts";
import type { MetricKind } from "../domain/run.ts";
import type { PlainValue } from "../domain/values.ts";
import { toStoredJson } from "./stored-value.ts";

/** Numbers of one packed head: cid, shape, count, firstStep, lastStep, last, min, max, nonFinite. NaN stands for null but in `last`. */
const headWidth = 9;

/** What many metrics of a run share, said once. */
interface Shape {
  kind: MetricKind;
  xAxes: string[];
  producerRunId: string | null;
  /** `last` is null, not NaN. */
  blank: boolean;
}
interface Shapes {
  shapes: Shape[];
  /** Values that are no numbers, by cid. */
  values: Record<string, PlainValue>;
}

/** Heads of a run's metrics, packed: a page of 50 runs × 200 metrics is read in a millisecond. */
export interface PackedHeads {
  metrics: Uint8Array;
  shapes: string;
}

export interface MetricHead extends Omit<Shape, "blank"> {
  cid: number;
  value: PlainValue | undefined;
  count: number;
  firstStep: number | null;
  lastStep: number | null;
  last: number | null;
  min: number | null;
  max: number | null;
  nonFinite: number;
}
export type MetricFigures = Pick<MetricHead, "cid" | "count" | "last" | "min" | "max">;

/** `cids`: the column of each metric. */
export function packHeads(metrics: readonly MetricFact[], cids: readonly number[]): PackedHeads {
  const numbers = new Float64Array(metrics.length * headWidth);
  const book = new ShapeBook();
  const values: Record<string, PlainValue> = {};
  metrics.forEach((metric, index) => {
    const { count, firstStep, lastStep, last, min, max, nonFinite } = metric;
    const at = index * headWidth;
    numbers[at] = cids[index]!;
    numbers[at + 1] = book.placeOf(metric);
    numbers[at + 2] = count;
    numbers[at + 3] = firstStep ?? Number.NaN;
    numbers[at + 4] = lastStep ?? Number.NaN;
    numbers[at + 5] = last ?? Number.NaN;
    numbers[at + 6] = min ?? Number.NaN;
    numbers[at + 7] = max ?? Number.NaN;
    numbers[at + 8] = nonFinite;
    if (metric.value !== undefined) values[cids[index]!] = metric.value;
  });
  return {
    metrics: new Uint8Array(numbers.buffer),
    shapes: toStoredJson({ shapes: book.shapes, values } satisfies Shapes),
  };
}

/** The shapes of a run, each once. Neighbours mostly share theirs, so the last one is looked at first. */
class ShapeBook {
  readonly shapes: Shape[] = [];
  readonly #places = new Map<string, number>();
  #last = -1;

  placeOf({ kind, xAxes, producerRunId, last }: MetricFact): number {
    const shape = { kind, xAxes, producerRunId, blank: last === null };
    const recent = this.shapes[this.#last];
    if (recent && isSameShape(recent, shape)) return this.#last;
    const key = JSON.stringify(shape);
    this.#last = this.#places.get(key) ?? this.shapes.push(shape) - 1;
    this.#places.set(key, this.#last);
    return this.#last;
  }
}

function isSameShape(a: Shape, b: Shape): boolean {
  if (a.kind !== b.kind || a.producerRunId !== b.producerRunId || a.blank !== b.blank) return false;
  return a.xAxes.length === b.xAxes.length && a.xAxes.every((axis, index) => axis === b.xAxes[index]);
}

export function unpackHeads(packed: PackedHeads): MetricHead[] {
  const numbers = numbersOf(packed.metrics);
  const { shapes, values } = JSON.parse(packed.shapes) as Shapes;
  const heads: MetricHead[] = [];
  for (let at = 0; at < numbers.length; at += headWidth) {
    const cid = numbers[at]!;
    const { blank, ...shared } = shapes[numbers[at + 1]!]!;
    heads.push({
      cid,
      ...shared,
      value: Object.hasOwn(values, cid) ? values[cid] : undefined,
      count: numbers[at + 2]!,
      firstStep: orNull(numbers[at + 3]!),
      lastStep: orNull(numbers[at + 4]!),
      last: blank ? null : numbers[at + 5]!,
      min: orNull(numbers[at + 6]!),
      max: orNull(numbers[at + 7]!),
      nonFinite: numbers[at + 8]!,
    });
  }
  return heads;
}

/** Only what a row of runs shows. */
export function figuresOf(packed: PackedHeads, wanted: ReadonlySet<number> | null = null): MetricFigures[] {
  const numbers = numbersOf(packed.metrics);
  const { shapes } = JSON.parse(packed.shapes) as Shapes;
  const heads: MetricFigures[] = [];
  for (let at = 0; at < numbers.length; at += headWidth) {
    const cid = numbers[at]!;
    if (wanted && !wanted.has(cid)) continue;
    const last = shapes[numbers[at + 1]!]!.blank ? null : numbers[at + 5]!;
    heads.push({ cid, count: numbers[at + 2]!, last, min: orNull(numbers[at + 6]!), max: orNull(numbers[at + 7]!) });
  }
  return heads;
}

/** Bytes from a database stand anywhere in memory; doubles want a multiple of eight. */
export function numbersOf(bytes: Uint8Array): Float64Array {
  if (bytes.byteOffset % 8 === 0) return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  return new Float64Array(bytes.slice().buffer);
}
function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
