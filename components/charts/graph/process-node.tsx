"use client";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { ChevronDown, ChevronRight, CircleQuestionMark } from "lucide-react";
import Link from "next/link";
import { memo } from "react";
import { classNames } from "../../ui/class-names.ts";
import { formatDuration } from "../../ui/format.ts";
import { NameText } from "../../ui/names.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { originWord, questionOf } from "../frame/origin-mark.ts";
import { shortName } from "../frame/short-name.ts";
import { fateOf } from "./describe.ts";
import type { GraphProcess } from "./prepare.ts";

export interface ProcessNodeData extends Record<string, unknown> {
  process: GraphProcess;
  label: string;
  expanded: boolean;
  direction: "LR" | "TB";
  /** The one node that Tab reaches; arrows lead to the others. */
  reachable: boolean;
  producer: { name: string; href: string } | null;
  onToggle(id: string): void;
  onOpen(process: string): void;
  onWhy(process: string): void;
  onFocus(id: string): void;
  onArrow(id: string, key: string): boolean;
}
export type ProcessNodeType = Node<ProcessNodeData, "process">;

const MOST_TIP_LETTERS = 400;

const edges: Record<string, string> = {
  executed: "border-l-teal",
  reused: "border-l-violet",
  failed: "border-l-red",
  running: "border-l-blue",
  stalled: "border-l-amber",
};

/** A process: shape, word and colour of how it fared, how long it took, where it came from, and its steps on demand. */
export const ProcessNode = memo(function ProcessNode({ data }: NodeProps<ProcessNodeType>) {
  const { process, expanded, direction, producer } = data;
  const question = questionOf(process.origin);
  const [enter, leave] = direction === "LR" ? [Position.Left, Position.Right] : [Position.Top, Position.Bottom];
  return (
    // The graph's library takes the pointer away from nodes that it neither drags nor selects itself.
    <div
      className={classNames(
        "nopan pointer-events-auto relative h-full w-full overflow-hidden rounded-md border border-l-4 border-line bg-canvas hover:bg-hover",
        "has-[[data-node]:focus-visible]:ring-2 has-[[data-node]:focus-visible]:ring-accent",
        edges[process.mark] ?? "border-l-grey border-dashed [border-left-style:solid]",
      )}
    >
      <Handle
        type="target"
        position={enter}
        isConnectable={false}
        className="invisible h-0! min-h-0! w-0! min-w-0! border-0!"
      />
      <div className="flex h-[54px] flex-col justify-center gap-0.5 pr-1 pl-2.5">
        <div className="flex items-center gap-1 text-body font-medium">
          <button
            type="button"
            data-node={process.id}
            aria-label={escapeInvisible(data.label)}
            tabIndex={data.reachable ? 0 : -1}
            onFocus={() => data.onFocus(process.id)}
            onClick={() => data.onOpen(process.name)}
            onKeyDown={(event) => {
              if (event.key === " " && process.steps.length > 0) data.onToggle(process.id);
              else if (!data.onArrow(process.id, event.key)) return;
              event.preventDefault();
              event.stopPropagation();
            }}
            className="min-w-0 flex-1 text-left outline-none after:absolute after:inset-0"
          >
            <NameText name={process.name} />
          </button>
          {question && (
            <button
              type="button"
              tabIndex={-1}
              aria-label={`${question} ${escapeInvisible(process.name)}`}
              data-tip={question}
              onClick={() => data.onWhy(process.name)}
              className="relative inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-quiet hover:bg-selected"
            >
              <CircleQuestionMark aria-hidden className="size-4" />
            </button>
          )}
          {process.steps.length > 0 && (
            <button
              type="button"
              tabIndex={-1}
              aria-label={expanded ? "Hide its steps" : "Show its steps"}
              aria-expanded={expanded}
              data-tip={`${process.steps.length} ${process.steps.length === 1 ? "step" : "steps"}`}
              onClick={() => data.onToggle(process.id)}
              className="relative inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-quiet hover:bg-selected"
            >
              {expanded ? (
                <ChevronDown aria-hidden className="size-4" />
              ) : (
                <ChevronRight aria-hidden className="size-4" />
              )}
            </button>
          )}
        </div>
        <div className="flex items-center gap-1.5 text-label text-quiet">
          <StatusMark
            name={process.mark}
            word={fateOf(process)}
            {...(process.failure && { reason: shortName(process.failure.message, MOST_TIP_LETTERS) })}
          />
          {process.seconds !== null && (
            <span
              data-tip={process.origin === "reused" ? "What making it took" : undefined}
              className="whitespace-nowrap tabular-nums"
            >
              {formatDuration(process.seconds)}
            </span>
          )}
          {producer && (
            <Link
              href={producer.href}
              prefetch={false}
              tabIndex={-1}
              data-tip={`From run ${shortName(producer.name)}`}
              className="relative min-w-0 truncate underline decoration-line underline-offset-2 hover:decoration-current"
            >
              from {shortName(producer.name.slice(-8))}
            </Link>
          )}
        </div>
      </div>
      {expanded && (
        <ul className="border-t border-line py-1">
          {process.steps.map((step) => (
            <li key={step.id} className="flex h-6 items-center gap-1.5 px-2.5 text-label">
              <StatusMark name={step.mark} word={originWord(step.mark)} short />
              <span className="min-w-0 flex-1">
                <NameText name={step.name} />
              </span>
              {step.seconds !== null && <span className="text-quiet tabular-nums">{formatDuration(step.seconds)}</span>}
            </li>
          ))}
        </ul>
      )}
      <Handle
        type="source"
        position={leave}
        isConnectable={false}
        className="invisible h-0! min-h-0! w-0! min-w-0! border-0!"
      />
    </div>
  );
});
