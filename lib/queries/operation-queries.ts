import { infiniteQueryOptions, mutationOptions, queryOptions } from "@tanstack/react-query";
import type { AuditRecord, Operation, OperationItem } from "../domain/operation.ts";
import type { DownstreamReach, Plan, PlanIntent, PlanItem, PlanSelector } from "../domain/plan.ts";
import type { ShownPlan } from "../domain/proposal.ts";
import type { Page } from "../domain/source.ts";
import { apiUrl, askApi } from "../wire/client.ts";

export interface PlanWish {
  source: string;
  intent: PlanIntent;
  selector: PlanSelector;
  downstream?: DownstreamReach;
  payloads?: boolean;
  /** For keeping longer: how long from now; `null`: without an end. */
  lifeSeconds?: number | null;
}
export interface TrashWish {
  operation: string;
  /** Ids of entries and files; absent: all that is in the trash. */
  items?: readonly string[];
}

type Begun = { operationId: string };

/** Sent again after a lost answer, it is the same request. */
function begin(segments: readonly string[], body: object, key: string): Promise<Begun> {
  return askApi<Begun>(apiUrl(segments), { body, headers: { "idempotency-key": key } });
}

/** Begins putting back what an operation set aside, or undoing what one gave. */
export function restoreOperation({ operation, items }: TrashWish): Promise<Begun> {
  return begin(["operations", operation, "restore"], items ? { items } : {}, crypto.randomUUID());
}

export const operationQueries = {
  all: () => ["operations"] as const,
  list: (trash: boolean) =>
    infiniteQueryOptions({
      queryKey: [...operationQueries.all(), "list", trash],
      queryFn: ({ pageParam, signal }) =>
        askApi<Page<Operation>>(
          apiUrl(["operations"], { cursor: pageParam, limit: 50, ...(trash && { trash: "true" }) }),
          { signal },
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  one: (id: string) =>
    queryOptions({
      queryKey: [...operationQueries.all(), "one", id],
      queryFn: ({ signal }) => askApi<Operation>(apiUrl(["operations", id]), { signal }),
      // Live events tell; this is for where they do not come through.
      refetchInterval: ({ state }) => (state.data?.status === "running" ? 1000 : false),
    }),
  items: (id: string) =>
    infiniteQueryOptions({
      queryKey: [...operationQueries.all(), "items", id],
      queryFn: ({ pageParam, signal }) =>
        askApi<Page<OperationItem>>(apiUrl(["operations", id, "items"], { cursor: pageParam, limit: 200 }), { signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  audit: () =>
    infiniteQueryOptions({
      queryKey: [...operationQueries.all(), "audit"],
      queryFn: ({ pageParam, signal }) =>
        askApi<Page<AuditRecord>>(apiUrl(["audit"], { cursor: pageParam, limit: 100 }), { signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  /** What would happen. A question although it is posted: asked anew for each wish, and never kept for the next dialog. */
  plan: ({ source, ...wish }: PlanWish) =>
    queryOptions({
      queryKey: ["plan", source, wish],
      queryFn: ({ signal }) => askApi<ShownPlan>(apiUrl(["sources", source, "cache", "plans"]), { body: wish, signal }),
      staleTime: 0,
      gcTime: 0,
    }),
  planItems: (source: string, plan: string) =>
    infiniteQueryOptions({
      queryKey: ["plan-items", source, plan],
      queryFn: ({ pageParam, signal }) =>
        askApi<Page<PlanItem>>(
          apiUrl(["sources", source, "cache", "plans", plan, "items"], { cursor: pageParam, limit: 200 }),
          { signal },
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  apply: (plan: Pick<Plan, "id" | "source" | "fingerprint">) =>
    mutationOptions({
      mutationFn: (confirm: string | undefined) =>
        begin(
          ["sources", plan.source, "cache", "plans", plan.id, "apply"],
          { fingerprint: plan.fingerprint, ...(confirm && { confirm }) },
          `apply ${plan.id}`,
        ),
    }),
  purge: () =>
    mutationOptions({
      mutationFn: ({ operation, items, confirm }: TrashWish & { confirm: string }) =>
        begin(["operations", operation, "purge"], { confirm, ...(items && { items }) }, crypto.randomUUID()),
    }),
  cancel: () =>
    mutationOptions({
      mutationFn: (operation: string) => askApi<Operation>(apiUrl(["operations", operation, "cancel"]), { body: {} }),
    }),
};
