import Link from "next/link";
import { NameText } from "../../ui/names.tsx";
import { RunDot } from "../../ui/run-dot.tsx";
import type { RunView } from "./run-view.ts";

/** Another run that this one mentions, by its colour and name. */
export function RunLink({ runId, view, className }: { runId: string; view: RunView; className?: string }) {
  return (
    <Link
      href={view.linkOfRun(runId)}
      prefetch={false}
      className={className ?? "inline-flex max-w-full min-w-0 items-center gap-1.5 align-bottom"}
    >
      <RunDot runId={runId} />
      <NameText name={view.nameOfRun(runId)} />
    </Link>
  );
}
