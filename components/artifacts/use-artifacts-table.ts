"use client";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ArtifactsFilter, artifactQueries } from "../../lib/queries/artifact-queries.ts";
import { keyOfThing } from "../../lib/queries/held-table.ts";
import { holdTable } from "../../lib/queries/hold-table.ts";
import { useHeldRows } from "../ui/table/use-held-rows.ts";

const watched = 100;

/** The table of a source (`null`: not known yet): its rows so far, kept alive without moving them, and how many new ones wait. */
export function useArtifactsTable(source: string | null, filter: ArtifactsFilter, mayMove: boolean) {
  const client = useQueryClient();
  const held = useMemo(() => holdTable(client, artifactQueries.held(source ?? "", filter)), [client, source, filter]);
  const query = useInfiniteQuery({ ...artifactQueries.list(source ?? "", filter), enabled: source !== null });
  const newest = useQuery({
    ...artifactQueries.some(source ?? "", { ...filter, sort: "-modified" }, watched),
    enabled: query.data !== undefined,
  });
  return { query, ...useHeldRows({ answer: query, newest, rowKey: keyOfThing, mayMove, held }), showNew: held.reload };
}
