"use client";
import { type KeyboardEvent, type ReactNode, useEffect, useId } from "react";
import { classNames } from "./class-names.ts";

export interface Tab {
  id: string;
  label: ReactNode;
  /** A figure beside the label. */
  count?: ReactNode;
}

export interface TabsProps {
  label: string;
  tabs: readonly Tab[];
  value: string;
  onChange(id: string): void;
  /** Content of the chosen tab. */
  children: ReactNode;
  className?: string;
}

/** Tabs after the WAI-ARIA pattern; arrows move and choose. Keep `value` in the URL. */
export function Tabs({ label, tabs, value, onChange, children, className }: TabsProps) {
  const id = useId();
  useEffect(() => {
    document.getElementById(`${id}-${value}`)?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [id, value]);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === value);
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    const next = tabs[(target + tabs.length) % tabs.length];
    if (!next) return;
    onChange(next.id);
    document.getElementById(`${id}-${next.id}`)?.focus();
  };
  return (
    <>
      <div
        role="tablist"
        aria-label={label}
        onKeyDown={onKeyDown}
        className={classNames("flex gap-4 overflow-x-auto border-b border-line", className)}
      >
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${id}-${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab.id === value}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === value ? 0 : -1}
            onClick={() => onChange(tab.id)}
            className="-mb-px flex items-center gap-1.5 border-b-2 border-transparent px-0.5 py-2 whitespace-nowrap text-quiet hover:text-ink aria-selected:border-accent aria-selected:font-medium aria-selected:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && <span className="text-label text-quiet">{tab.count}</span>}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${value}`} className="min-w-0">
        {children}
      </div>
    </>
  );
}
