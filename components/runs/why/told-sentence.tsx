import { Fragment } from "react";
import type { Explanation } from "../../../lib/domain/explanation.ts";
import { shortName } from "../../charts/frame/short-name.ts";
import { escapeInvisible } from "../../ui/visible-text.ts";

const MOST_LETTERS = 400;

/** A sentence of pieces; the processes that it names can be asked. */
export function ToldSentence({
  parts,
  onAsk,
}: {
  parts: Explanation["sentenceParts"];
  /** Absent: names are words only. */
  onAsk?: ((process: string) => void) | undefined;
}) {
  return parts.map(({ text, process }, at) =>
    process === undefined || !onAsk ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one sentence
      <Fragment key={at}>{escapeInvisible(shortName(text, MOST_LETTERS))}</Fragment>
    ) : (
      <button
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one sentence
        key={at}
        type="button"
        onClick={() => onAsk(process)}
        className="max-w-full text-left break-words text-ink underline decoration-line decoration-2 underline-offset-4 hover:decoration-current"
        translate="no"
      >
        {shortName(text)}
      </button>
    ),
  );
}
