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

export function packHeads(metrics: readonly MetricFact[], cidOf: (metric: MetricFact) => number): PackedHeads {
  const numbers = new Float64Array(metrics.length * headWidth);
  const shapes: Shape[] = [];
  const places = new Map<string, number>();
  const values: Record<string, PlainValue> = {};
  metrics.forEach((metric, index) => {
    const cid = cidOf(metric);
    const shape = {
      kind: metric.kind,
      xAxes: metric.xAxes,
      producerRunId: metric.producerRunId,
      blank: metric.last === null,
    };
    const key = JSON.stringify(shape);
    let place = places.get(key);
    if (place === undefined) {
      place = shapes.push(shape) - 1;
      places.set(key, place);
    }
    if (metric.value !== undefined) values[cid] = metric.value;
    const { count, firstStep, lastStep, last, min, max, nonFinite } = metric;
    numbers.set(
      [
        cid,
        place,
        count,
        firstStep ?? Number.NaN,
        lastStep ?? Number.NaN,
        last ?? Number.NaN,
        min ?? Number.NaN,
        max ?? Number.NaN,
        nonFinite,
      ],
      index * headWidth,
    );
  });
  return { metrics: new Uint8Array(numbers.buffer), shapes: toStoredJson({ shapes, values } satisfies Shapes) };
}

export function unpackHeads(packed: PackedHeads): MetricHead[] {
  const { shapes, values } = JSON.parse(packed.shapes) as Shapes;
  return figuresOf(packed).map((figures, index) => {
    const { numbers, shape } = rowAt(packed, index, shapes);
    const { blank: _, ...shared } = shape;
    return {
      ...figures,
      ...shared,
      value: Object.hasOwn(values, figures.cid) ? values[figures.cid] : undefined,
      firstStep: orNull(numbers[3]!),
      lastStep: orNull(numbers[4]!),
      nonFinite: numbers[8]!,
    };
  });
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

function rowAt(packed: PackedHeads, index: number, shapes: Shape[]): { numbers: Float64Array; shape: Shape } {
  const numbers = numbersOf(packed.metrics).subarray(index * headWidth, (index + 1) * headWidth);
  return { numbers, shape: shapes[numbers[1]!]! };
}

/** Bytes from a database stand anywhere in memory; doubles want a multiple of eight. */
export function numbersOf(bytes: Uint8Array): Float64Array {
  if (bytes.byteOffset % 8 === 0) return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  return new Float64Array(bytes.slice().buffer);
}
function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
