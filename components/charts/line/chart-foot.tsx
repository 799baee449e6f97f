import { Fragment } from "react";
import { NameText } from "../../ui/names.tsx";
import type { Domain } from "../frame/axes.ts";
import type { Remark } from "./remarks.ts";

/** Under the plot: what x is, and what to know about what is drawn. */
export function ChartFoot({
  xName,
  remarks,
  onRange,
}: {
  xName: string;
  remarks: readonly Remark[];
  onRange(range: Domain): void;
}) {
  return (
    <div className="flex min-h-4 items-start justify-between gap-3 text-label text-faint">
      <span className="max-w-1/2 shrink-0">
        <NameText name={xName} />
      </span>
      <p className="flex flex-wrap justify-end gap-x-1.5 text-right">
        {remarks.map(({ text, zoom }, at) => (
          <Fragment key={text}>
            {at > 0 && <span aria-hidden>·</span>}
            {zoom ? (
              <button type="button" className="underline hover:text-ink" onClick={() => onRange(zoom)}>
                {text}
              </button>
            ) : (
              <span>{text}</span>
            )}
          </Fragment>
        ))}
      </p>
    </div>
  );
}
