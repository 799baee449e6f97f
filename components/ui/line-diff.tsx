import { classNames } from "./class-names.ts";
import { NameText } from "./names.tsx";
import { ScrollBox } from "./scroll-box.tsx";
import { escapeInvisible } from "./visible-text.ts";

const looks = { " ": "text-quiet", "-": "text-red", "+": "text-green" };
const spoken = { " ": "", "-": "removed: ", "+": "added: " };

interface Change {
  /** Of what changed. */
  name: string;
  lines: readonly { sign: keyof typeof looks; text: string }[];
  truncated?: boolean;
}

/** How a text became another, by line. */
export function LineDiff({ change: { name, lines, truncated = false } }: { change: Change }) {
  return (
    <figure className="m-0 min-w-0 rounded-md border border-line">
      <figcaption className="border-b border-line px-3 py-1.5 font-mono text-label">
        <NameText name={name} tail={16} />
      </figcaption>
      <ScrollBox label={`Changes of ${name}`} className="max-h-80 bg-frame p-3">
        <pre className="m-0 w-max font-mono text-label" translate="no">
          {lines.map(({ sign, text }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text
            <span key={at} className={classNames("block", looks[sign])}>
              <span aria-hidden>{sign} </span>
              <span className="sr-only">{spoken[sign]}</span>
              {escapeInvisible(text)}
            </span>
          ))}
        </pre>
      </ScrollBox>
      {truncated && (
        <p className="border-t border-line px-3 py-1.5 text-label text-amber">! Only the beginning is shown.</p>
      )}
    </figure>
  );
}
