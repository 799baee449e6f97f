"use client";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./button.tsx";
import { ScrollBox } from "./scroll-box.tsx";
import { useShortcuts } from "./shortcuts.ts";

export interface SidePanelProps {
  label: string;
  title: ReactNode;
  actions?: ReactNode;
  onClose(): void;
  children: ReactNode;
}

/**
 * What a selected row holds, beside its list (over it where the window is narrow). Not modal: the list stays in reach, j and k go on,
 * Esc closes. Put it in a flex row after the list.
 */
export function SidePanel({ label, title, actions, onClose, children }: SidePanelProps) {
  useShortcuts([{ keys: "Escape", label: "Close the side panel", group: "Lists", run: onClose }]);
  return (
    <aside
      aria-label={label}
      className="flex w-[26rem] shrink-0 flex-col border-l border-line bg-canvas max-lg:absolute max-lg:inset-y-0 max-lg:right-0 max-lg:z-20 max-lg:max-w-full max-lg:shadow-float"
    >
      <header className="flex items-center gap-1 border-b border-line py-1.5 pr-2 pl-4">
        <h2 className="min-w-0 flex-1 font-semibold">{title}</h2>
        {actions}
        <IconButton label="Close (Esc)" onClick={onClose}>
          <X aria-hidden className="size-4" />
        </IconButton>
      </header>
      <ScrollBox label={`${label}, in short`} className="min-h-0 flex-1">
        {children}
      </ScrollBox>
    </aside>
  );
}

/** Name and value pairs, in two columns. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] items-baseline gap-x-4 gap-y-1.5 text-label">
      {children}
    </dl>
  );
}
export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="m-0 min-w-0 break-words">{children}</dd>
    </>
  );
}
