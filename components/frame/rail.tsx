"use client";
import { useQuery } from "@tanstack/react-query";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import Link from "next/link";
import { usePathname, useRouter } from "next/navigation";
import { overviewQueries, sourceQueries } from "../../lib/queries/source-queries.ts";
import { classNames } from "../ui/class-names.ts";
import { formatPlural } from "../ui/format.ts";
import { isWithin, places } from "./places.ts";

/** What needs attention, by place: a short sentence, or nothing. */
function useAttention(): Record<string, string | undefined> {
  const sources = useQuery(sourceQueries.list());
  const figures = useQuery(overviewQueries.figures());
  const unreachable = sources.data?.items.filter(({ status }) => status === "unreachable").length ?? 0;
  const broken = figures.data?.brokenEntries ?? 0;
  return {
    "/": unreachable > 0 ? `${formatPlural(unreachable, "source")} unreachable` : undefined,
    "/cache": broken > 0 ? `${formatPlural(broken, "broken entry", "broken entries")}` : undefined,
  };
}

function toggleRail(): void {
  const root = document.documentElement;
  root.dataset.rail = root.dataset.rail === "open" ? "closed" : "open";
  localStorage.setItem("trialdeck.rail", root.dataset.rail);
}

/** The pages: a rail at the left, a bar at the bottom where the window is narrow. */
export function Rail() {
  const path = usePathname();
  const router = useRouter();
  const attention = useAttention();
  return (
    <nav
      aria-label="Pages"
      className="flex flex-col gap-0.5 border-r border-line bg-frame p-2 [grid-area:rail] max-md:z-30 max-md:flex-row max-md:justify-around max-md:border-t max-md:border-r-0 max-md:px-1 max-md:py-1"
    >
      <Link
        href="/"
        prefetch={false}
        aria-label="Trialdeck, to the overview"
        className="mb-3 flex h-8 items-center gap-2.5 px-2.5 font-semibold text-ink no-underline max-md:hidden"
      >
        <Mark />
        <span className="rail-word">Trialdeck</span>
      </Link>
      {places.map(({ href, label, picture: Picture }) => {
        const note = attention[href];
        return (
          <Link
            key={href}
            href={href}
            // Fetched when someone is about to go there: all of them at once would delay what this page waits for.
            prefetch={false}
            onPointerEnter={() => router.prefetch(href)}
            onFocus={() => router.prefetch(href)}
            aria-current={isWithin(path, href) ? "page" : undefined}
            aria-label={note ? `${label}: ${note}` : label}
            data-tip={note ? `${label}: ${note}` : label}
            className={classNames(
              "relative flex h-9 items-center gap-2.5 rounded-md px-2.5 text-quiet no-underline hover:bg-hover hover:text-ink",
              "aria-[current=page]:bg-selected aria-[current=page]:font-medium aria-[current=page]:text-ink",
              "max-md:h-12 max-md:flex-1 max-md:flex-col max-md:justify-center max-md:gap-0.5 max-md:px-0 max-md:text-label",
            )}
          >
            <Picture aria-hidden className="size-[18px] shrink-0" />
            <span className="rail-word">{label}</span>
            {note && (
              <span
                aria-hidden
                className="absolute top-1.5 left-6 size-2 rounded-full bg-red max-md:left-[calc(50%+8px)]"
              />
            )}
          </Link>
        );
      })}
      <button
        type="button"
        onClick={toggleRail}
        aria-label="Widen or narrow the rail"
        data-tip="Widen or narrow the rail"
        className="mt-auto flex h-9 items-center gap-2.5 rounded-md px-2.5 text-quiet hover:bg-hover hover:text-ink max-md:hidden"
      >
        <PanelLeftOpen aria-hidden className="size-[18px] shrink-0 [[data-rail=open]_&]:hidden" />
        <PanelLeftClose aria-hidden className="hidden size-[18px] shrink-0 [[data-rail=open]_&]:block" />
        <span className="rail-word">Narrow</span>
      </button>
    </nav>
  );
}

/** Three cards, one set aside: the deck of trials. */
function Mark() {
  return (
    <svg viewBox="0 0 20 20" className="size-5 shrink-0" aria-hidden="true">
      <rect x="2" y="8" width="11" height="9.5" rx="2" className="fill-none stroke-current" strokeWidth="1.6" />
      <path
        d="M5 5.2h8.3a2 2 0 0 1 2 2v7"
        className="fill-none stroke-current"
        strokeWidth="1.6"
        strokeLinecap="round"
      />
      <path
        d="M8 2.4h8a2 2 0 0 1 2 2v6.4"
        className="fill-none stroke-accent"
        strokeWidth="1.6"
        strokeLinecap="round"
      />
    </svg>
  );
}
