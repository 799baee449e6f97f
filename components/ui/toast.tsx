"use client";
import { X } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Button, IconButton } from "./button.tsx";
import { createStore, useStore } from "./store.ts";

interface Toast {
  id: number;
  words: ReactNode;
  /** With an action (Undo) the toast stays until dismissed. */
  action: { label: string; onSelect(): void } | undefined;
}

const toasts = createStore<readonly Toast[]>([]);
let lastId = 0;

/** Tells something at the corner. It leaves after six seconds; one with an action stays until dismissed. */
export function showToast(words: ReactNode, action?: Toast["action"]): () => void {
  lastId += 1;
  const id = lastId;
  toasts.set((current) => [...current.slice(-3), { id, words, action }]);
  return () => dismiss(id);
}

function dismiss(id: number): void {
  toasts.set((current) => current.filter((toast) => toast.id !== id));
}

/** Where toasts appear; once a page. */
export function ToastLayer() {
  const current = useStore(toasts);
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed right-3 bottom-3 z-40 flex w-[min(26rem,calc(100vw-1.5rem))] flex-col gap-2 max-md:bottom-16"
    >
      {current.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  useEffect(() => {
    if (toast.action) return;
    const timer = setTimeout(() => dismiss(toast.id), 6000);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div className="pointer-events-auto flex items-center gap-2 rounded-md border border-line bg-floating py-2 pr-2 pl-3 shadow-float">
      <div className="min-w-0 flex-1 break-words">{toast.words}</div>
      {toast.action && (
        <Button
          onClick={() => {
            toast.action?.onSelect();
            dismiss(toast.id);
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton label="Dismiss" onClick={() => dismiss(toast.id)}>
        <X aria-hidden className="size-4" />
      </IconButton>
    </div>
  );
}
