"use client";
import { useEffect, useRef } from "react";
import { createStore } from "./store.ts";

export interface Shortcut {
  /** One key (`j`, `Enter`, `?`), a chord (`Ctrl+k`; Cmd counts as Ctrl), or a sequence (`g r`). */
  keys: string;
  /** What it does, for the list that `?` opens. */
  label: string;
  /** Heading in that list. */
  group: string;
  /** Answer `false` to leave the key to the browser. */
  run(event: KeyboardEvent): unknown;
}

/** All shortcuts of what is on the page now; a later one of the same keys hides an earlier one. */
export const shortcuts = createStore<readonly Shortcut[]>([]);
/** Whether single keys act at all (WCAG 2.1.4: they can be switched off). */
export const singleKeys = createStore(true);
const storageName = "trialdeck.single-keys";

export function chooseSingleKeys(on: boolean): void {
  localStorage.setItem(storageName, on ? "on" : "off");
  singleKeys.set(on);
}

/** Registers shortcuts while the caller is mounted. The functions may change with each render. */
export function useShortcuts(list: readonly Shortcut[]): void {
  const latest = useRef(list);
  latest.current = list;
  const signature = list.map(({ keys, label }) => `${keys} ${label}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for the list
  useEffect(() => {
    const mine = latest.current.map((shortcut, at) => ({
      ...shortcut,
      run: (event: KeyboardEvent) => latest.current[at]?.run(event),
    }));
    shortcuts.set((current) => [...current, ...mine]);
    return () => shortcuts.set((current) => current.filter((one) => !mine.includes(one)));
  }, [signature]);
}

/** Name of a pressed key as shortcuts spell it. */
export function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">): string {
  const key = event.key.length === 1 && (event.ctrlKey || event.metaKey) ? event.key.toLowerCase() : event.key;
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${key}`;
}

/** Which shortcut the keys pressed so far (oldest first) mean; `"waiting"` when they begin a sequence. */
export function matchKeys(list: readonly Shortcut[], pressed: readonly string[]): Shortcut | "waiting" | null {
  const text = pressed.join(" ");
  const exact = list.findLast(({ keys }) => keys === text);
  if (exact) return exact;
  if (list.some(({ keys }) => keys.startsWith(`${text} `))) return "waiting";
  return pressed.length > 1 ? matchKeys(list, pressed.slice(-1)) : null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "range"].includes(target.type);
}

/**
 * Whether the key went to something that lies over the page and has keys of its own: a dialog, a menu. Looked up, since React listens on
 * the document too, so that nothing there can keep a key from this listener; the target counts as well, since it may just have closed.
 */
function isOverPage(target: EventTarget | null): boolean {
  if (target instanceof Element && target.closest("dialog, [role=menu]")) return true;
  return document.querySelector("dialog:modal, [role=menu]:popover-open") !== null;
}

/** Listens for the whole page; mount once. */
export function useShortcutListener(): void {
  useEffect(() => {
    singleKeys.set(localStorage.getItem(storageName) !== "off");
    let pressed: string[] = [];
    let last = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Meta", "Alt"].includes(event.key))
        return;
      if (isOverPage(event.target)) return;
      const name = keyName(event);
      const chord = name.length > 1 && name !== " ";
      if (isTyping(event.target) && !name.startsWith("Ctrl+")) return;
      if (!chord && !singleKeys.get()) return;
      pressed = event.timeStamp - last > 1200 ? [name] : [...pressed.slice(-1), name];
      last = event.timeStamp;
      const found = matchKeys(shortcuts.get(), pressed);
      if (found === "waiting") return;
      pressed = [];
      if (found && found.run(event) !== false) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
