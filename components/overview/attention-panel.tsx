"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { overviewQueries, sourceQueries } from "../../lib/queries/source-queries.ts";
import { Remedy } from "../ui/remedy.tsx";
import { Skeleton } from "../ui/states.tsx";
import { StatusMark } from "../ui/status-mark.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";
import { type Attention, findAttention } from "./find-attention.ts";

/** What someone should look at. */
export function AttentionPanel() {
  const sources = useQuery(sourceQueries.list());
  const figures = useQuery(overviewQueries.figures());
  const found = findAttention(sources.data?.items ?? [], figures.data);
  return (
    <section aria-labelledby="attention" className="border-b border-line pb-3">
      <h2 id="attention" className="px-4 pt-3 pb-1 text-head font-semibold">
        Needs attention
      </h2>
      {(sources.isPending || figures.isPending) && <Skeleton lines={2} className="px-4 py-2" />}
      {sources.data && figures.data && found.length === 0 && (
        <p className="px-4 text-quiet">Nothing. No source is lost and no result of the cache is missing.</p>
      )}
      <ul className="m-0 list-none p-0">
        {found.map((one) => (
          <li key={one.id} className="px-4 py-1.5">
            <AttentionLine {...one} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function AttentionLine({ mark, title, words, href }: Attention) {
  const head = <StatusMark name={mark} word={escapeInvisible(title)} className="font-medium" />;
  return (
    <>
      {href ? (
        <Link href={href} prefetch={false}>
          {head}
        </Link>
      ) : (
        head
      )}
      {words && (
        <p className="pl-[1.35rem] text-label text-quiet [overflow-wrap:anywhere]">
          <Remedy text={words} />
        </p>
      )}
    </>
  );
}
