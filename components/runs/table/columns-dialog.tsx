"use client";
import { useState } from "react";
import type { Column } from "../../../lib/domain/source.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { formatCount, formatPlural } from "../../ui/format.ts";
import { Checkbox, Input } from "../../ui/input.tsx";
import { NameText } from "../../ui/names.tsx";
import { addColumns, readStat, runFields } from "./run-values.ts";

export interface ColumnsDialogProps {
  columns: readonly Column[];
  shown: readonly string[];
  /** Those that stay at the left; a new column comes right after them, where it is seen. */
  pinned: ReadonlySet<string>;
  onChange(ids: string[]): void;
  onReset(): void;
  onClose(): void;
}

interface Choice {
  id: string;
  title: string;
  scope: string | undefined;
  facts: string;
}

const mostDrawn = 300;
const kinds = [
  { kind: "metric", title: "Metrics" },
  { kind: "param", title: "Params" },
  { kind: "tag", title: "Tags" },
] as const;

/** Which columns the table has. Each tick takes effect at once, so that one sees what one gets. */
export function ColumnsDialog({ columns, shown, pinned, onChange, onReset, onClose }: ColumnsDialogProps) {
  const [words, setWords] = useState("");
  const wanted = words.trim().toLowerCase();
  const chosen = new Set(shown.map((id) => readStat(id).id));
  const groups: { title: string; choices: Choice[] }[] = [
    { title: "Every run", choices: runFields.map(({ id, title }) => ({ id, title, scope: undefined, facts: "" })) },
    ...kinds.map(({ kind, title }) => ({
      title,
      choices: columns
        .filter((column) => column.kind === kind)
        .map(({ id, name, scope, present, distinct }) => ({
          id,
          title: name,
          scope,
          facts: `in ${formatPlural(present, "run")}, ${distinct === 1 ? "all the same" : `${formatCount(distinct)} different`}`,
        })),
    })),
  ];
  const set = (ids: readonly string[], on: boolean) => {
    const changed = new Set(ids);
    onChange(
      on
        ? addColumns(
            shown,
            ids.filter((id) => !chosen.has(id)),
            pinned,
          )
        : shown.filter((id) => !changed.has(readStat(id).id)),
    );
  };
  return (
    <Dialog
      title="Columns"
      onClose={onClose}
      footer={
        <>
          <Button look="quiet" onClick={onReset}>
            The usual columns
          </Button>
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <Input
        data-autofocus
        aria-label="Find a column"
        placeholder="Find a column"
        className="mb-3 w-full"
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      {groups.map(({ title, choices }) => {
        const found = choices.filter((choice) =>
          `${choice.scope ?? ""} ${choice.title}`.toLowerCase().includes(wanted),
        );
        if (found.length === 0) return null;
        const all = found.every(({ id }) => chosen.has(id));
        const ids = found.map(({ id }) => id);
        return (
          <fieldset key={title} className="m-0 mb-4 border-0 p-0">
            <legend className="flex w-full items-center gap-2 border-b border-line p-0 pb-1 font-semibold">
              {title}
              <span className="font-normal text-quiet">{formatCount(found.length)}</span>
              {found.length <= mostDrawn && (
                <Button look="quiet" className="ml-auto h-6" onClick={() => set(ids, !all)}>
                  {all ? "None" : "All"}
                </Button>
              )}
            </legend>
            {found.slice(0, mostDrawn).map((choice) => (
              <label
                key={choice.id}
                htmlFor={`column ${choice.id}`}
                className="flex items-center gap-2 rounded-sm px-1 py-1 hover:bg-hover"
              >
                <Checkbox
                  id={`column ${choice.id}`}
                  checked={chosen.has(choice.id)}
                  onChange={(event) => set([choice.id], event.target.checked)}
                />
                {choice.scope && <NameText name={choice.scope} className="text-quiet" />}
                <NameText name={choice.title} className="flex-1" />
                <span className="shrink-0 text-label text-quiet">{choice.facts}</span>
              </label>
            ))}
            {found.length > mostDrawn && (
              <p className="px-1 text-quiet">
                {formatCount(found.length - mostDrawn)} more; write a part of the name to find them.
              </p>
            )}
          </fieldset>
        );
      })}
    </Dialog>
  );
}
