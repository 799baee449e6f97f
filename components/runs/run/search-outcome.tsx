import { shortName } from "../../charts/frame/short-name.ts";
import { Button } from "../../ui/button.tsx";
import { formatCount } from "../../ui/format.ts";
import type { ReadLog } from "./use-log.ts";

/** How the search for the failure of a process goes while nothing is found. */
export function SearchOutcome({ process, log }: { process: string; log: ReadLog }) {
  const name = shortName(process);
  const words = log.whole
    ? `No failing line of this log names ${name}.`
    : log.readOn
      ? `No failing line of the first ${formatCount(log.lines.length)} names ${name}.`
      : `Looking for the line where ${name} failed…`;
  return (
    <p role="status" className="flex flex-wrap items-center gap-3 text-label text-amber">
      {words}
      {log.readOn && <Button onClick={log.readOn}>Look further</Button>}
    </p>
  );
}
