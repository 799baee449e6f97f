"use client";
import { QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { startLive } from "../../lib/queries/live.ts";
import { createQueryClient } from "../../lib/queries/query-client.ts";
import { useShortcutListener } from "../ui/shortcuts.ts";
import { ToastLayer } from "../ui/toast.tsx";
import { TooltipLayer } from "../ui/tooltip.tsx";

/** What every page stands on: answers, live events, shortcuts, tooltip and toasts. */
export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createQueryClient);
  useEffect(() => startLive(client), [client]);
  useShortcutListener();
  return (
    <QueryClientProvider client={client}>
      {children}
      <TooltipLayer />
      <ToastLayer />
    </QueryClientProvider>
  );
}
