"use client";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Source } from "../../lib/domain/source.ts";
import { cacheQueries } from "../../lib/queries/cache-queries.ts";
import { IconButton } from "../ui/button.tsx";
import { classNames } from "../ui/class-names.ts";
import { formatBytes, formatCount } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { Skeleton } from "../ui/states.tsx";
import type { TreePart } from "./tree-place.ts";

interface TreeProps {
  place: readonly TreePart[];
  onPlace(place: readonly TreePart[]): void;
}

/** Sources, experiments, processes and steps with what they hold; choosing one narrows the table. */
export function CacheTree({ sources, ...rest }: TreeProps & { sources: readonly Source[] }) {
  return (
    <nav
      aria-label="Cache by experiment and process"
      className="w-64 shrink-0 overflow-auto border-r border-line py-2 max-lg:hidden"
    >
      <ul className="m-0 list-none p-0 text-label">
        {sources.map((source) => (
          <Branch
            key={source.id}
            path={[{ id: source.id, label: source.label }]}
            figures=""
            hasChildren={source.indexed.entries > 0}
            {...rest}
          />
        ))}
      </ul>
    </nav>
  );
}

interface BranchProps extends TreeProps {
  path: readonly TreePart[];
  figures: string;
  hasChildren: boolean;
}

function Branch({ path, figures, hasChildren, place, onPlace }: BranchProps) {
  const node = path.at(-1);
  const onTheWay = path.every(({ id }, level) => place[level]?.id === id);
  const chosen = onTheWay && place.length === path.length;
  const [opened, setOpened] = useState<boolean | null>(null);
  const open = hasChildren && (opened ?? (onTheWay || path.length === 1));
  if (!node) return null;
  return (
    <li>
      <div
        className={classNames(
          "flex items-center gap-0.5 pr-2 hover:bg-hover",
          chosen && "bg-selected",
          indents[path.length - 1],
        )}
      >
        {hasChildren ? (
          <IconButton
            label={open ? `Close ${node.label}` : `Open ${node.label}`}
            className="h-6 w-6"
            aria-expanded={open}
            onClick={() => setOpened(!open)}
          >
            {open ? (
              <ChevronDown aria-hidden className="size-3.5" />
            ) : (
              <ChevronRight aria-hidden className="size-3.5" />
            )}
          </IconButton>
        ) : (
          <span className="w-6 shrink-0" />
        )}
        <button
          type="button"
          aria-current={chosen ? "true" : undefined}
          onClick={() => onPlace(chosen ? path.slice(0, -1) : path)}
          className="flex min-w-0 flex-1 items-baseline gap-2 py-1 text-left"
        >
          <span className="min-w-0 flex-1">
            <NameText name={node.label} />
          </span>
          <span className="shrink-0 text-quiet">{figures}</span>
        </button>
      </div>
      {open && <Children path={path} place={place} onPlace={onPlace} />}
    </li>
  );
}

function Children({ path, place, onPlace }: TreeProps & { path: readonly TreePart[] }) {
  const source = path[0]?.id ?? "";
  const query = useQuery(cacheQueries.tree(source, path.length === 1 ? null : (path.at(-1)?.id ?? null)));
  if (query.isPending) return <Skeleton lines={2} className="py-1 pl-8" />;
  if (query.isError) return <p className="m-0 py-1 pl-8 text-red">{query.error.message}</p>;
  return (
    <ul className="m-0 list-none p-0">
      {query.data.items.map(({ id, label, entries, bytes, hasChildren }) => (
        <Branch
          key={id}
          path={[...path, { id, label }]}
          figures={`${formatCount(entries)} · ${formatBytes(bytes)}`}
          hasChildren={hasChildren}
          place={place}
          onPlace={onPlace}
        />
      ))}
    </ul>
  );
}

const indents = ["pl-1", "pl-4", "pl-7", "pl-10", "pl-13"];
