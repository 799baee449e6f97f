"use client";
import { Check } from "lucide-react";
import Link from "next/link";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button, type ButtonLook, IconButton } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { placeBeside } from "./place-beside.ts";

export type MenuItem =
  | { kind?: "action"; label: ReactNode; onSelect(): void; disabled?: boolean; hint?: string; staysOpen?: boolean }
  | { kind: "link"; label: ReactNode; href: string; hint?: string }
  | { kind: "check"; label: ReactNode; checked: boolean; onSelect(): void; disabled?: boolean; hint?: string }
  | { kind: "heading"; label: ReactNode }
  | { kind: "line" };

export interface MenuProps {
  /** Name of the button. With `icon` it is the tooltip, otherwise its words. */
  label: string;
  icon?: ReactNode;
  children?: ReactNode;
  items: readonly MenuItem[];
  align?: "start" | "end";
  look?: ButtonLook;
  className?: string;
}

/** A button that opens a menu, after the WAI-ARIA menu button pattern: arrows, Home, End, first letters, Esc. */
export function Menu({ label, icon, children, items, align = "start", look, className }: MenuProps) {
  const id = useId();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const shared = {
    ref: anchor,
    "aria-haspopup": "menu" as const,
    "aria-expanded": open,
    "aria-controls": open ? id : undefined,
    onClick: () => setOpen(!open),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      setOpen(true);
    },
    className,
  };
  return (
    <>
      {icon ? (
        <IconButton label={label} look={look ?? "quiet"} {...shared}>
          {icon}
        </IconButton>
      ) : (
        <Button look={look ?? "plain"} {...shared}>
          {children ?? label}
        </Button>
      )}
      {open && anchor.current && (
        <MenuList
          id={id}
          label={label}
          items={items}
          anchor={anchor.current}
          align={align}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

interface MenuListProps {
  id?: string;
  label: string;
  items: readonly MenuItem[];
  anchor: HTMLElement;
  align?: "start" | "end";
  onClose(): void;
}

/** The open menu itself, in the browser's top layer, beside `anchor`; focus goes back there. */
export function MenuList({ id, label, items, anchor, align = "start", onClose }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const menu = list.current;
    if (!menu) return;
    menu.showPopover();
    placeBeside(menu, anchor.getBoundingClientRect(), align);
    focusItem(menu, "first");
    const onToggle = (event: Event) => {
      if ((event as ToggleEvent).newState === "closed") close.current();
    };
    const onPress = (event: PointerEvent) => {
      if (!menu.contains(event.target as Node) && !anchor.contains(event.target as Node)) close.current();
    };
    menu.addEventListener("toggle", onToggle);
    document.addEventListener("pointerdown", onPress, true);
    return () => {
      menu.removeEventListener("toggle", onToggle);
      document.removeEventListener("pointerdown", onPress, true);
      if (menu.contains(document.activeElement) || document.activeElement === document.body) anchor.focus();
    };
  }, [anchor, align]);

  const indented = items.some(({ kind }) => kind === "check");
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    const move = moves[event.key];
    if (move && list.current) focusItem(list.current, move);
    else if (event.key === "Escape" || event.key === "Tab") onClose();
    else if (event.key.length === 1 && list.current) focusLetter(list.current, event.key);
    if (move || event.key === "Escape") event.preventDefault();
  };
  return (
    <div
      ref={list}
      id={id}
      popover="manual"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="fixed inset-auto m-0 max-w-[min(24rem,calc(100vw-1rem))] min-w-44 overflow-auto rounded-md border border-line bg-floating p-1 text-body shadow-float"
    >
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a menu's lines have no identity but their place
        <MenuLine key={index} item={item} indented={indented} onClose={onClose} />
      ))}
    </div>
  );
}

const lineClass =
  "flex w-full items-center gap-2 rounded-sm px-2 py-1.5 text-left text-ink no-underline hover:bg-hover focus-visible:bg-hover disabled:opacity-50";

function MenuLine({ item, indented, onClose }: { item: MenuItem; indented: boolean; onClose(): void }) {
  if (item.kind === "line") return <hr className="my-1 border-line" />;
  if (item.kind === "heading")
    return <div className="px-2 pt-2 pb-1 text-label font-medium text-quiet">{item.label}</div>;
  if (item.kind === "link") {
    return (
      <Link role="menuitem" tabIndex={-1} href={item.href} prefetch={false} onClick={onClose} className={lineClass}>
        <LineBody label={item.label} hint={item.hint} />
      </Link>
    );
  }
  const checked = item.kind === "check" && item.checked;
  return (
    <button
      type="button"
      {...(item.kind === "check" ? { role: "menuitemcheckbox", "aria-checked": checked } : { role: "menuitem" })}
      disabled={item.disabled}
      tabIndex={-1}
      onClick={() => {
        item.onSelect();
        if (item.kind !== "check" && !item.staysOpen) onClose();
      }}
      className={lineClass}
    >
      {indented && <Check aria-hidden className={classNames("size-4 shrink-0", !checked && "invisible")} />}
      <LineBody label={item.label} hint={item.hint} />
    </button>
  );
}

function LineBody({ label, hint }: { label: ReactNode; hint: string | undefined }) {
  return (
    <>
      <span className="min-w-0 flex-1 truncate">{label}</span>
      {hint && <span className="text-label text-quiet">{hint}</span>}
    </>
  );
}

type Move = "first" | "last" | "next" | "previous";
const moves: Record<string, Move> = { Home: "first", End: "last", ArrowDown: "next", ArrowUp: "previous" };

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]:not(:disabled)")];
}

function focusItem(menu: HTMLElement, move: Move): void {
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const targets = {
    first: 0,
    last: items.length - 1,
    next: (at + 1) % items.length,
    previous: (at <= 0 ? items.length : at) - 1,
  };
  items[targets[move]]?.focus();
}

function focusLetter(menu: HTMLElement, letter: string): void {
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const ahead = [...items.slice(at + 1), ...items.slice(0, at + 1)];
  ahead.find((item) => item.textContent?.trim().toLowerCase().startsWith(letter.toLowerCase()))?.focus();
}
