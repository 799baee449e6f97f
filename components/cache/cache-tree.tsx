"use client";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import type { TreeNode } from "../../lib/domain/entry.ts";
import type { Source } from "../../lib/domain/source.ts";
import { cacheQueries } from "../../lib/queries/cache-queries.ts";
import { classNames } from "../ui/class-names.ts";
import { formatBytes, formatCount, formatPlural } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { InlineError, Skeleton } from "../ui/states.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
import type { TreePart } from "./tree-place.ts";

interface TreeProps {
  place: readonly TreePart[];
  onPlace(place: readonly TreePart[]): void;
}

/** Sources, experiments, processes and steps with what they hold; choosing one narrows the table. */
export function CacheTree({ sources, ...rest }: TreeProps & { sources: readonly Source[] }) {
  return (
    <nav aria-label="Cache by experiment and process" className="py-2 text-label">
      <ul>
        {sources.map((source) => (
          <SourceBranch key={source.id} source={source} {...rest} />
        ))}
      </ul>
    </nav>
  );
}

/** A source holds what its experiments hold together, payloads without a record included. */
function SourceBranch({ source, ...rest }: TreeProps & { source: Source }) {
  const top = useQuery(cacheQueries.tree(source.id, null)).data?.items;
  const node = {
    id: source.id,
    label: source.label,
    entries: top ? sum(top.map(({ entries }) => entries)) : null,
    bytes: top ? sum(top.map(({ bytes }) => bytes)) : null,
    hasChildren: top ? top.length > 0 : source.indexed.entries > 0,
  };
  return <Branch above={[]} node={node} {...rest} />;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A node of the tree; of a source nothing is counted before its experiments are known. */
type BranchNode = Omit<TreeNode, "entries" | "bytes"> & { entries: number | null; bytes: number | null };

function Branch({ above, node, place, onPlace }: TreeProps & { above: readonly TreePart[]; node: BranchNode }) {
  const { id, label, entries, bytes, hasChildren } = node;
  const path = [...above, { id, label }];
  const onTheWay = path.every((part, level) => place[level]?.id === part.id);
  const chosen = onTheWay && place.length === path.length;
  const [opened, setOpened] = useState<boolean | null>(null);
  const open = hasChildren && (opened ?? (onTheWay || path.length === 1));
  const Arrow = open ? ChevronDown : ChevronRight;
  return (
    <li>
      <div
        className={classNames(
          "flex items-center pr-3 hover:bg-hover has-[[aria-current]]:bg-selected",
          indents[path.length - 1],
        )}
      >
        {hasChildren ? (
          <button
            type="button"
            aria-label={`${open ? "Close" : "Open"} ${escapeInvisible(label)}`}
            aria-expanded={open}
            onClick={() => setOpened(!open)}
            className="flex size-6 shrink-0 items-center justify-center rounded-sm text-quiet hover:bg-selected"
          >
            <Arrow aria-hidden className="size-3.5" />
          </button>
        ) : (
          <span className="w-6 shrink-0" />
        )}
        <button
          type="button"
          aria-current={chosen || undefined}
          onClick={() => onPlace(chosen ? above : path)}
          className="flex min-w-0 flex-1 items-baseline gap-2 py-1 text-left"
        >
          <NameText name={label} className="flex-1" />
          {entries !== null && (
            <>
              <span
                className="shrink-0 text-quiet"
                data-tip={`${formatPlural(entries, "entry", "entries")}, ${formatBytes(bytes)}`}
              >
                {formatCount(entries)}
              </span>
              <span className="w-16 shrink-0 text-right text-quiet">{formatBytes(bytes)}</span>
            </>
          )}
        </button>
      </div>
      {open && <Children path={path} place={place} onPlace={onPlace} />}
    </li>
  );
}

function Children({ path, ...rest }: TreeProps & { path: readonly TreePart[] }) {
  const source = path[0]?.id ?? "";
  const query = useQuery(cacheQueries.tree(source, path.length === 1 ? null : (path.at(-1)?.id ?? null)));
  if (query.isPending) return <Skeleton lines={2} className="py-1 pl-8" />;
  if (!query.data) return <InlineError error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <ul>
      {query.data.items.map((node) => (
        <Branch key={node.id} above={path} node={node} {...rest} />
      ))}
    </ul>
  );
}

const indents = ["pl-1", "pl-4", "pl-7", "pl-10"];
