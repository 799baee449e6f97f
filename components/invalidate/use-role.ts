import { useQuery } from "@tanstack/react-query";
import type { Role } from "../../lib/domain/viewer.ts";
import { sourceQueries } from "../../lib/queries/source-queries.ts";

/** What this browser may do in a source. Until that is known nothing is held back: the server decides. */
export function useRole(source: string): Role {
  const sources = useQuery(sourceQueries.list());
  return sources.data?.items.find(({ id }) => id === source)?.role ?? "admin";
}
