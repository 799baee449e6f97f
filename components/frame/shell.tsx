"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { sessionQueries } from "../../lib/queries/session-queries.ts";
import { type Shortcut, useShortcuts } from "../ui/shortcuts.ts";
import { places } from "./places.ts";
import { Rail } from "./rail.tsx";
import { TopBar } from "./top-bar.tsx";

const SignIn = lazy(() => import("./sign-in.tsx").then((module) => ({ default: module.SignIn })));
const SearchDialog = lazy(() => import("./search-dialog.tsx").then((module) => ({ default: module.SearchDialog })));
const ShortcutDialog = lazy(() =>
  import("./shortcut-dialog.tsx").then((module) => ({ default: module.ShortcutDialog })),
);

/** The frame around every page: rail, top bar, the page, and the dialogs that any page may open. */
export function Shell({ children }: { children: ReactNode }) {
  const router = useRouter();
  const session = useQuery(sessionQueries.state());
  const signedIn = session.data !== "signed-out";
  const [dialog, setDialog] = useState<"search" | "keys" | null>(null);
  useShortcuts([
    { keys: "Ctrl+k", label: "Search", group: "Anywhere", run: () => setDialog("search") },
    { keys: "/", label: "Search", group: "Anywhere", run: () => setDialog("search") },
    { keys: "?", label: "This list", group: "Anywhere", run: () => setDialog("keys") },
    ...places.map(
      ({ href, label, key }): Shortcut => ({
        keys: `g ${key}`,
        label: `Go to ${label}`,
        group: "Go to",
        run: () => router.push(href),
      }),
    ),
  ]);
  const close = () => setDialog(null);
  return (
    <div className="shell">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-floating p-2 shadow-float focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      {signedIn && <Rail />}
      <TopBar signedIn={signedIn} onSearch={() => setDialog("search")} />
      <main id="main" tabIndex={-1} className="relative min-h-0 min-w-0 overflow-auto outline-none [grid-area:main]">
        {signedIn ? (
          children
        ) : (
          <Suspense fallback={null}>
            <SignIn />
          </Suspense>
        )}
      </main>
      <Suspense fallback={null}>
        {dialog === "search" && <SearchDialog onClose={close} />}
        {dialog === "keys" && <ShortcutDialog onClose={close} />}
      </Suspense>
    </div>
  );
}
