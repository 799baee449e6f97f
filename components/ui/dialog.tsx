"use client";
import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { NameText } from "./names.tsx";

export interface DialogProps {
  /** A text may hold foreign names. */
  title: ReactNode;
  onClose(): void;
  children: ReactNode;
  /** The row of buttons at the end; the safe one carries `data-autofocus`. */
  footer?: ReactNode;
  size?: "small" | "medium" | "large";
  /** False: closing by Esc or the scrim is refused (something is under way). */
  closable?: boolean;
}

const widths = { small: "w-[26rem]", medium: "w-[38rem]", large: "w-[60rem]" };

/**
 * A modal dialog; render it only while it is open. The browser's own `<dialog>` keeps focus inside, makes the page behind inert,
 * closes by Esc and gives focus back. What carries `data-autofocus` has the focus first.
 */
export function Dialog({ title, onClose, children, footer, size = "medium", closable = true }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) {
      dialog.showModal();
      dialog.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    }
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (closable) onClose();
      }}
      onClick={(event) => {
        if (closable && event.target === event.currentTarget) onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
      className={classNames(
        "m-auto max-h-[min(85dvh,52rem)] max-w-[calc(100vw-1.5rem)] overflow-hidden rounded-md border border-line bg-floating p-0 shadow-float backdrop:bg-(--scrim)",
        widths[size],
      )}
    >
      <div className="flex max-h-[min(85dvh,52rem)] flex-col">
        <header className="flex items-center gap-2 border-b border-line py-2 pr-2 pl-4">
          <h2 id={titleId} className="min-w-0 flex-1 text-head font-semibold">
            {typeof title === "string" ? <NameText name={title} tail={12} /> : title}
          </h2>
          {closable && (
            <IconButton label="Close" onClick={onClose}>
              <X className="size-4" aria-hidden />
            </IconButton>
          )}
        </header>
        <div className="min-h-0 flex-1 overflow-auto p-4">{children}</div>
        {footer && (
          <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>
        )}
      </div>
    </dialog>
  );
}
