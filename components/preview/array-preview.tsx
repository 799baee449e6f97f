import type { Preview } from "../../lib/domain/preview.ts";
import { formatBytes, formatNumber } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { TextBox } from "../ui/scroll-box.tsx";
import { Fact, Facts } from "../ui/side-panel.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
import { Cut, Problem } from "./messages.tsx";

type Arrays = Extract<Preview, { kind: "array" }>;
type OneArray = Arrays["arrays"][number];

/** Numeric arrays: shape and type, what the values are like, the first of them. */
export function ArrayPreview({ preview }: { preview: Arrays }) {
  return (
    <>
      {preview.arrays.map((array, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an archive may hold one name twice
        <section key={index} aria-label={escapeInvisible(array.name)} className="rounded-md border border-line p-3">
          <h3 className="m-0 mb-2 text-body font-medium">
            <NameText name={array.name || "array"} />
          </h3>
          <Facts>
            <Fact name="Shape">{array.shape.length === 0 ? "one value" : array.shape.join(" × ")}</Fact>
            <Fact name="Type">
              {array.dtype}
              {array.shape.length > 1 && `, ${array.order === "C" ? "row by row" : "column by column"}`}
            </Fact>
            <Fact name="Size">{formatBytes(array.bytes)}</Fact>
            {array.statistics && <Statistics statistics={array.statistics} />}
          </Facts>
          {array.problem && <Problem>{array.problem}</Problem>}
          <FirstElements array={array} elements={array.values ?? array.texts ?? []} />
        </section>
      ))}
      {preview.truncated && <Cut>More than is shown here is in the file.</Cut>}
    </>
  );
}

function Statistics({ statistics }: { statistics: NonNullable<OneArray["statistics"]> }) {
  const { min, max, mean, nonFinite } = statistics;
  return (
    <>
      <Fact name="Range">
        {showNumber(min)} to {showNumber(max)}
      </Fact>
      <Fact name="Mean">{showNumber(mean)}</Fact>
      {nonFinite > 0 && <Fact name="Not finite">{nonFinite}</Fact>}
    </>
  );
}

const mostInLine = 10;

/** The first elements as stored: those of several axes in lines of the fastest one, those of one axis in lines of ten. */
function FirstElements({ array, elements }: { array: OneArray; elements: readonly (number | string)[] }) {
  if (elements.length === 0) return null;
  const fastest = (array.order === "C" ? array.shape.at(-1) : array.shape[0]) ?? 1;
  const width = array.shape.length > 1 ? Math.max(1, Math.min(fastest, elements.length)) : mostInLine;
  const shown = elements.map(showNumber);
  const room = Math.max(...shown.map(({ length }) => length));
  const lines = Array.from({ length: Math.ceil(shown.length / width) }, (_, line) =>
    shown
      .slice(line * width, (line + 1) * width)
      .map((text) => text.padStart(room))
      .join("  "),
  );
  return (
    <TextBox label={`First values of ${array.name || "the array"}`} text={lines.join("\n")} className="mt-3 max-h-72" />
  );
}

function showNumber(value: number | string): string {
  return typeof value === "number" ? formatNumber(value) : escapeInvisible(value);
}
