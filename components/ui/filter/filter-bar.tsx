"use client";
import { ListFilter, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { classNames } from "../class-names.ts";
import { useShortcuts } from "../shortcuts.ts";
import { type Completion, completeFilter, type FilterWords } from "./complete-filter.ts";

export interface FilterFault {
  position: number;
  message: string;
  expected: readonly string[];
}

export interface FilterBarProps {
  label: string;
  /** The filter in force. */
  value: string;
  onCommit(text: string): void;
  /** What is wrong with a text, or `null`. */
  check(text: string): FilterFault | null;
  words: FilterWords;
  placeholder: string;
  className?: string;
}

const settled = 700;

/**
 * A line in the filter language: completes fields, names and values, shows where a mistake is, and takes effect on Enter or when one
 * stops writing something that can be read.
 */
export function FilterBar({ label, value, onCommit, check, words, placeholder, className }: FilterBarProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [completion, setCompletion] = useState<Completion | null>(null);
  const [chosen, setChosen] = useState(-1);
  const [scrolled, setScrolled] = useState(0);
  const [hurried, setHurried] = useState(false);
  const problem = check(text);
  // While a word is being written it is not yet a mistake.
  const fault = hurried ? null : problem;
  useShortcuts([{ keys: "f", label: "Filter", group: "Lists", run: () => input.current?.focus() }]);

  const committed = useRef(value);
  useEffect(() => {
    if (value === committed.current) return;
    committed.current = value;
    setText(value);
  }, [value]);
  const commit = (next: string) => {
    setHurried(false);
    if (check(next) || next.trim() === committed.current) return;
    committed.current = next.trim();
    onCommit(committed.current);
  };
  const settle = useRef(commit);
  settle.current = commit;
  useEffect(() => {
    if (!hurried) return;
    const timer = setTimeout(() => settle.current(text), settled);
    return () => clearTimeout(timer);
  }, [text, hurried]);

  const suggest = (at: number, from = text) => {
    const next = completeFilter(from, at, words);
    setCompletion(next.options.length > 0 ? next : null);
    setChosen(-1);
  };
  const write = (next: string, caret = next.length) => {
    setText(next);
    setHurried(true);
    suggest(caret, next);
  };
  const take = (at: number) => {
    const option = completion?.options[at];
    if (!completion || !option) return;
    const next = text.slice(0, completion.from) + option.insert + text.slice(completion.to);
    const caret = completion.from + option.insert.length;
    write(next, caret);
    requestAnimationFrame(() => input.current?.setSelectionRange(caret, caret));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const count = completion?.options.length ?? 0;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (!completion) suggest(event.currentTarget.selectionStart ?? text.length);
      else setChosen((current) => (current + step + count + (current < 0 && step < 0 ? 1 : 0)) % count);
    } else if (event.key === "Tab" && completion && chosen >= 0) take(chosen);
    else if (event.key === "Enter") {
      if (completion && chosen >= 0) take(chosen);
      else {
        commit(text);
        if (!problem) setCompletion(null);
      }
    } else if (event.key === "Escape" && completion) setCompletion(null);
    else if (event.key === "Escape") input.current?.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={classNames("relative min-w-0", className)}>
      <div
        className={classNames(
          "flex h-8 items-center rounded-md border bg-canvas focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-accent",
          fault && text ? "border-red" : "border-control",
        )}
      >
        <ListFilter aria-hidden className="mx-2 size-4 shrink-0 text-quiet" />
        <div className="relative h-full min-w-0 flex-1 font-mono text-[0.8125rem]">
          <Underline text={text} fault={fault} scrolled={scrolled} />
          <input
            ref={input}
            role="combobox"
            aria-label={label}
            aria-expanded={completion !== null}
            aria-controls={`${id}-list`}
            aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
            aria-invalid={fault !== null && text !== ""}
            aria-describedby={fault && text ? `${id}-fault` : undefined}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            placeholder={placeholder}
            value={text}
            onChange={(event) => write(event.target.value, event.target.selectionStart ?? undefined)}
            onKeyDown={onKeyDown}
            onScroll={(event) => setScrolled(event.currentTarget.scrollLeft)}
            onFocus={() => suggest(text.length)}
            onBlur={() => {
              setCompletion(null);
              commit(text);
            }}
            className="absolute inset-0 w-full bg-transparent outline-none placeholder:font-sans"
          />
        </div>
        {text && (
          <button
            type="button"
            aria-label="Clear the filter"
            data-tip="Clear the filter"
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => {
              setText("");
              setCompletion(null);
              commit("");
            }}
            className="mx-1 inline-flex size-6 shrink-0 items-center justify-center rounded-sm text-quiet hover:bg-hover"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        )}
      </div>
      {(completion || (fault && text)) && (
        <div className="absolute top-9 right-0 left-0 z-30 max-w-2xl rounded-md border border-line bg-floating p-1 shadow-float">
          {fault && text && <Fault id={`${id}-fault`} fault={fault} />}
          <div id={`${id}-list`} role="listbox" aria-label="Could stand here" className="max-h-72 overflow-auto">
            {completion?.options.map((option, at) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the combobox keeps the focus and points here by aria-activedescendant
              // biome-ignore lint/a11y/useKeyWithClickEvents: Enter and Tab in the combobox do it
              <div
                key={option.label}
                id={`${id}-${at}`}
                role="option"
                aria-selected={at === chosen}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => take(at)}
                className="cursor-pointer truncate rounded-sm px-2 py-1 font-mono text-label hover:bg-hover aria-selected:bg-selected"
              >
                {option.label}
              </div>
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

/** The mistake underlined, in a copy of the text that lies under the input and is not read out. */
function Underline({
  text,
  fault,
  scrolled,
}: {
  text: string;
  fault: FilterFault | null;
  scrolled: number;
}): ReactNode {
  if (!fault || !text) return null;
  const { position } = fault;
  const rest = text.slice(position);
  const marked = /^\S+/.exec(rest)?.[0] ?? " ";
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0 flex items-center overflow-hidden">
      {/* No style where nothing is scrolled: the server draws this too, and the policy allows no style in its markup. */}
      <span
        style={scrolled === 0 ? undefined : { transform: `translateX(${-scrolled}px)` }}
        className="whitespace-pre text-transparent"
      >
        {text.slice(0, position)}
        <span className="border-b-2 border-dotted border-red">{marked}</span>
      </span>
    </div>
  );
}

function Fault({ id, fault }: { id: string; fault: FilterFault }) {
  const expected = fault.expected.slice(0, 8);
  return (
    <p id={id} role="status" className="px-2 py-1 text-label">
      <span className="text-red">{fault.message}</span>
      {expected.length > 0 && (
        <span className="text-quiet">
          {" "}
          At {fault.position + 1}: {expected.join(", ")}
          {fault.expected.length > expected.length && "…"}
        </span>
      )}
    </p>
  );
}
