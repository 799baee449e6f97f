"use client";
import { ChevronRight, Search } from "lucide-react";
import Link from "next/link";
import { Fragment } from "react";
import { classNames } from "../ui/class-names.ts";
import { NameText } from "../ui/names.tsx";
import { useStore } from "../ui/store.ts";
import { ThemeMenu } from "../ui/theme.tsx";
import { trail } from "../ui/trail.ts";
import { escapeInvisible } from "../ui/visible-text.ts";
import { LiveMark } from "./live-mark.tsx";

/** Where am I, search, how live it is, theme. */
export function TopBar({ signedIn, onSearch }: { signedIn: boolean; onSearch(): void }) {
  return (
    <header className="flex items-center gap-2 border-b border-line bg-canvas px-3 [grid-area:top]">
      <WindowTitle />
      <Trail />
      {signedIn ? <SearchButton onSearch={onSearch} /> : <span className="ml-auto" />}
      {signedIn && <LiveMark />}
      <ThemeMenu />
    </header>
  );
}

function SearchButton({ onSearch }: { onSearch(): void }) {
  return (
    <button
      type="button"
      onClick={onSearch}
      aria-keyshortcuts="Control+K"
      className="ml-auto flex h-8 shrink-0 items-center gap-2 rounded-md border border-control px-2.5 text-faint hover:bg-hover md:w-56"
    >
      <Search aria-hidden className="size-4" />
      <span className="max-md:sr-only">Search</span>
      <kbd className="ml-auto font-sans text-label max-md:hidden">Ctrl K</kbd>
    </button>
  );
}

/** React moves the title into the head. Next's own would overwrite it at each change of page. */
function WindowTitle() {
  const parts = useStore(trail);
  const labels = parts.map(({ label }) => escapeInvisible(label)).reverse();
  return <title>{[...labels, "Trialdeck"].join(" · ")}</title>;
}

/** In a narrow window only the nearest place above is shown; places above keep their width, the last part gives way. */
function Trail() {
  const parts = useStore(trail);
  return (
    <nav aria-label="Where you are" className="flex min-w-0 items-center gap-1">
      {parts.map((part, at) => (
        <Fragment key={`${part.href ?? ""} ${part.label}`}>
          {at > 0 && (
            <ChevronRight
              aria-hidden
              className={classNames("size-3.5 shrink-0 text-faint", at < parts.length - 1 && "max-md:hidden")}
            />
          )}
          {part.href ? (
            <Link
              href={part.href}
              prefetch={false}
              className={classNames(
                "flex max-w-24 shrink-0 rounded-sm px-1 text-quiet hover:text-ink md:max-w-64",
                at < parts.length - 2 && "max-md:hidden",
              )}
            >
              <NameText name={part.label} />
            </Link>
          ) : (
            <span aria-current="page" className="flex min-w-0 px-1 font-medium">
              <NameText name={part.label} />
            </span>
          )}
        </Fragment>
      ))}
    </nav>
  );
}
